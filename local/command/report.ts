/** What `npm start` tells: one JSON document (a contract), or a table for people. */
import Table from 'cli-table3';
import type { Endpoints } from '../platform/platform.ts';
import type { PatientResult } from './first-pass.ts';

/** `REGENERATED` or `NOT_NEEDED/NOT_EXPIRED`: how often each, in the order of the alphabet. */
function countsOf(results: readonly PatientResult[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome, reason, error } of results) {
    const key = outcome === null ? `FAILED/${error}` : reason === null ? outcome : `${outcome}/${reason}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param chart of an external FHIR server, and whether it was only read; left out with the simulated EHR */
export function reportJson(
  results: readonly PatientResult[],
  endpoints: Endpoints,
  chart: { ehr: string | null; dryRun: boolean } = { ehr: null, dryRun: false },
): string {
  const failed = results.filter((result) => result.error !== null);
  const document = {
    patients: results.map(({ error: _error, ...patient }) => patient),
    counts: countsOf(results),
    failed: failed.map(({ patientId, error, executionArn }) => ({ patientId, error, executionArn })),
    endpoints,
    ...(chart.ehr !== null && { ehr: chart.ehr, dryRun: chart.dryRun }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const MEANING: Record<string, string> = {
  REGENERATED: 'a new PIN is signed and the patient has mail',
  NOT_NEEDED: 'nothing to do',
  EMAIL_MISSING: 'the front desk is asked to enter an address',
  HELD: 'a person decides',
  DUE: 'dry run: this would be done',
  FAILED: 'an error; nothing is left half-done',
};

/** For people: how the patients ended and, while the platform stays up, where to look. */
export function reportText(results: readonly PatientResult[], endpoints: Endpoints | null): string {
  const table = new Table({
    head: ['Outcome', 'Reason', 'Patients', 'What it means'],
    colAligns: ['left', 'left', 'right', 'left'],
    style: { head: [], border: [] },
  });
  for (const [key, count] of Object.entries(countsOf(results))) {
    const [outcome = '', reason = ''] = key.split('/');
    table.push([outcome, reason, count, MEANING[outcome] ?? '']);
  }
  const failed = results.filter((result) => result.error !== null);
  const failures = failed.map(({ patientId, error }) => `  ${patientId}: ${error}`);
  return [
    table.toString(),
    ...(failed.length > 0 ? ['', 'Failed:', ...failures] : []),
    ...(endpoints === null ? [] : whereToLook(endpoints)),
    '',
  ].join('\n');
}

function whereToLook(endpoints: Endpoints): string[] {
  return [
    '',
    `Console         ${endpoints.console}/`,
    `Mailbox         ${endpoints.mailbox}/`,
    `Chart (FHIR)    curl -H 'authorization: ${endpoints.fhirAuthorization}' \\`,
    `                  ${endpoints.fhir}/Patient`,
    'Executions      AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws stepfunctions list-executions \\',
    `                  --endpoint-url ${endpoints.stepfunctions} --region ${endpoints.region} \\`,
    `                  --state-machine-arn ${Object.values(endpoints.stateMachines)[0]}`,
    `30 days later   curl -X POST ${endpoints.clock} -d '{"advance":"P30D"}'`,
  ];
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCOPES } from '../../../functions/adapters/fhir/scopes.ts';
import { command, folderWith, run } from '../../support/local/command.ts';
import { externalServer } from '../../support/local/external-server.ts';
import { syntheticPractice } from '../../support/local/synthetic-practice.ts';

/** A start takes two seconds on an idle machine and more where several run at once. */
const PATIENCE = { timeout: 120_000 };

/** Types that a regeneration or an ending writes. */
const TYPES = [
  'AuditEvent',
  'Communication',
  'DocumentReference',
  'Encounter',
  'Patient',
  'QuestionnaireResponse',
  'Task',
];

/** What loading the practice needs beyond the workflow. */
const LOADING = ['system/Organization.c', 'system/Practitioner.c', 'system/Patient.c'];

const newPractice = () => folderWith(syntheticPractice({ now: Date.now(), trouble: '' }));
const policy = (organization: string) => ({
  ...JSON.parse(readFileSync(new URL('../../../local/demo/policy.json', import.meta.url), 'utf8')),
  locations: [{ organization, kind: 'primary-care' }],
  defaultKind: 'specialist',
});

describe('npm start -- --ehr', PATIENCE, () => {
  it('loads the practice through the API, writes to that chart and names the patients by the server’s ids', async () => {
    const folder = folderWith({ 'policy.json': policy('Organization/ef58ea08-d883-3957-8300-150554edc8fb') });
    const { ehr, baseUrl, clientFile } = await externalServer(folder, [...SCOPES, ...LOADING]);
    const given = ['--ehr', baseUrl, '--ehr-client', clientFile, '--policy', join(folder, 'policy.json')];
    const loaded = await run([...given, '--practice', newPractice(), '--once', '--json', '--port', '0']);
    expect({ code: loaded.code, stderr: loaded.stderr }).toEqual({
      code: 0,
      stderr: `Portal PIN writes to the chart at ${baseUrl}. Mails stay in the mailbox of this machine.\n`,
    });
    const report = JSON.parse(loaded.stdout);
    expect(report).toMatchObject({ ehr: baseUrl, dryRun: false, failed: [] });
    // The policy names the Organization by the practice's id: without the server's id they would be held.
    expect(report.counts).toEqual({ 'NOT_NEEDED/DECEASED': 1, REGENERATED: 3 });
    for (const { patientId, outcome } of report.patients) {
      expect(await ehr.read('Patient', patientId)).toMatchObject({ resourceType: 'Patient', id: patientId });
      const documents = await ehr.search(`DocumentReference?patient=Patient/${patientId}`);
      expect(documents).toHaveLength(outcome === 'REGENERATED' ? 2 : 1);
    }
  });

  it('decides in a dry run for named and discovered patients, and writes nothing to the chart', async () => {
    const { ehr, baseUrl, tokenFile } = await externalServer(folderWith({}));
    const { demoPractice } = await import('../../../local/demo/practice.ts');
    const { bundles, expected } = demoPractice(Date.now());
    await ehr.load(bundles);
    const never = Object.keys(expected).find((id) => expected[id]?.reason === 'NEVER_ISSUED') ?? '';
    const chart = () => Promise.all(TYPES.map((type) => ehr.search(`${type}?_count=1000`)));
    const before = await chart();
    const given = ['--ehr', baseUrl, '--ehr-token-file', tokenFile, '--once', '--json', '--port', '0'];
    const { code, stdout, stderr } = await run([...given, '--dry-run', '--discover', '--patient', never]);
    expect([code, stderr]).toEqual([
      0,
      `Portal PIN reads the chart at ${baseUrl} and writes nothing to it (dry run).\n`,
    ]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ dryRun: true, failed: [] });
    const outcomes = Object.fromEntries(
      report.patients.map(({ patientId, outcome, reason }: Record<string, string>) => [patientId, { outcome, reason }]),
    );
    expect(outcomes[never]).toEqual({ outcome: 'NOT_NEEDED', reason: 'NEVER_ISSUED' });
    expect(outcomes['demo-001']).toEqual({ outcome: 'DUE', reason: 'REGENERATE' });
    expect(Object.keys(outcomes).length).toBeGreaterThan(30);
    expect(await chart()).toEqual(before);
  });

  it('only starts without patients to take through; the clock cannot be moved', async () => {
    const { baseUrl, tokenFile } = await externalServer(folderWith({}));
    const started = command(['--ehr', baseUrl, '--ehr-token-file', tokenFile, '--port', '0']);
    await started.printed('Mailbox');
    const endpoints = JSON.parse(readFileSync(started.endpointsFile, 'utf8'));
    const moved = await fetch(endpoints.clock, { method: 'POST', body: '{"advance":"P30D"}' });
    expect(moved.status).toBe(409);
    expect(await moved.json()).toMatchObject({ detail: expect.stringContaining(`${baseUrl} has its own time`) });
    const headers = { authorization: endpoints.fhirAuthorization };
    const practitioners = await fetch(`${endpoints.fhir}/Practitioner`, { headers });
    expect(await practitioners.json()).toMatchObject({
      entry: [{ fullUrl: `${endpoints.fhir}/Practitioner/ehr-signer` }],
    });
    const chart = await fetch(`${new URL(endpoints.console).origin}/local-api/chart`);
    expect(chart.status).toBe(409);
  });

  it('refuses a server or a token that cannot be used: exit 2 with the reason', async () => {
    const folder = folderWith({ 'wrong.txt': 'wrong' });
    const { baseUrl, clientFile } = await externalServer(folder);
    const refused = await run(['--ehr', baseUrl, '--ehr-token-file', join(folder, 'wrong.txt'), '--once', '--json']);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/refuses the request for patients \(HTTP 401\)/);
    const unloaded = await run(['--ehr', baseUrl, '--ehr-client', clientFile, '--practice', newPractice(), '--once']);
    expect([unloaded.code, unloaded.stderr]).toEqual([2, expect.stringMatching(/invalid_scope|system\/Patient\.c/)]);
    const alone = await run(['--dry-run', '--once']);
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('Add --ehr')]);
  });
});

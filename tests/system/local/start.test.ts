import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import {
  EMAIL_MISSING_REASONS,
  HELD_REASONS,
  NOT_NEEDED_REASONS,
  OUTCOMES,
  REASONS,
} from '../../../functions/domain/outcomes.ts';
import { demoPractice } from '../../../local/demo/practice.ts';
import { command, folderWith, run } from '../../support/local/command.ts';
import { ALIVE, DECEASED, syntheticPractice } from '../../support/local/synthetic-practice.ts';

/** A start takes two seconds on an idle machine and more where several run at once. */
const PATIENCE = { timeout: 60_000 };

const url = z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ });
const arn = z.string().regex(/^arn:aws:states:[a-z0-9-]+:\d{12}:execution:regenerate-pin:[0-9a-f]{40}-\d+$/);
const Endpoints = z.strictObject({
  ...{ console: url, api: url, webhooks: url, fhir: url, stepfunctions: url, dynamodb: url, ses: url, mailbox: url },
  pickup: url,
  ...{ clock: url, stateMachines: z.record(z.string(), z.string()), table: z.string(), region: z.string() },
  fhirAuthorization: z.string().regex(/^Bearer \S+$/),
  webhookSecret: z.string().regex(/^whsec_\S+$/),
});
/** The JSON document of design §6. */
const Report = z.strictObject({
  patients: z.array(
    z.strictObject({
      patientId: z.string(),
      outcome: z.enum(OUTCOMES).nullable(),
      reason: z.enum(REASONS).nullable(),
      executionArn: arn,
      attempts: z.int().min(1),
      durationMs: z.int().min(0),
    }),
  ),
  counts: z.record(z.string(), z.int().min(1)),
  failed: z.array(z.strictObject({ patientId: z.string(), error: z.string(), executionArn: arn })),
  endpoints: Endpoints,
});
type Report = z.infer<typeof Report>;

const endingsOf = ({ patients }: Report) =>
  Object.fromEntries(patients.map(({ patientId, outcome, reason }) => [patientId, { outcome, reason }]));

/** Counts as the contract writes them: `REGENERATED`, `NOT_NEEDED/NOT_EXPIRED`. */
function countsOf({ patients, failed }: Report): Record<string, number> {
  const counts: Record<string, number> = {};
  const errors = new Map(failed.map(({ patientId, error }) => [patientId, `FAILED/${error}`]));
  for (const { patientId, outcome, reason } of patients) {
    const ending = reason === null ? String(outcome) : `${outcome}/${reason}`;
    const key = errors.get(patientId) ?? ending;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

describe('npm start -- --once --json', PATIENCE, () => {
  it('takes the demo practice through: every outcome and reason, each patient as expected, exit 0', async () => {
    const { code, stdout, stderr, leftEndpoints } = await run(['--once', '--json', '--port', '0']);
    expect({ code, stderr, leftEndpoints }).toEqual({ code: 0, stderr: '', leftEndpoints: false });
    const report = Report.parse(JSON.parse(stdout));
    expect(endingsOf(report)).toEqual(demoPractice(Date.now()).expected);
    expect(report.patients.length).toBeGreaterThanOrEqual(40);
    expect(report.failed).toEqual([]);
    expect(report.counts).toEqual(countsOf(report));
    const ofExecutions = ['NOT_NEEDED/IN_PROGRESS', 'HELD/ATTEMPTS_EXHAUSTED'];
    const all = [
      'REGENERATED',
      ...NOT_NEEDED_REASONS.map((reason) => `NOT_NEEDED/${reason}`),
      ...EMAIL_MISSING_REASONS.map((reason) => `EMAIL_MISSING/${reason}`),
      ...HELD_REASONS.map((reason) => `HELD/${reason}`),
    ].filter((key) => !ofExecutions.includes(key));
    expect(Object.keys(report.counts).sort()).toEqual(all.sort());
  });

  it('decides every patient of a synthetic practice', async () => {
    const practice = folderWith(syntheticPractice());
    const { code, stdout } = await run(['--once', '--json', '--port', '0', '--practice', practice]);
    const report = Report.parse(JSON.parse(stdout));
    const neverIssued = { outcome: 'NOT_NEEDED', reason: 'NEVER_ISSUED' };
    expect(endingsOf(report)).toEqual({
      ...Object.fromEntries(ALIVE.map((id) => [id, neverIssued])),
      [DECEASED]: { outcome: 'NOT_NEEDED', reason: 'DECEASED' },
    });
    expect(code).toBe(0);
  });

  it('regenerates once they have addresses, a GP and PINs of 31 days ago; one failure stops no other patient, exit 1', async () => {
    const [trouble = '', ...others] = ALIVE;
    const practice = folderWith(syntheticPractice({ now: Date.now(), trouble }));
    const { code, stdout } = await run(['--once', '--json', '--port', '0', '--practice', practice]);
    const report = Report.parse(JSON.parse(stdout));
    expect(endingsOf(report)).toEqual({
      [trouble]: { outcome: null, reason: null },
      ...Object.fromEntries(others.map((id) => [id, { outcome: 'REGENERATED', reason: null }])),
      [DECEASED]: { outcome: 'NOT_NEEDED', reason: 'DECEASED' },
    });
    const executionArn = report.patients.find(({ patientId }) => patientId === trouble)?.executionArn;
    expect(report.failed).toEqual([{ patientId: trouble, error: 'EhrRejectedError', executionArn }]);
    expect(report.counts).toEqual({ 'FAILED/EhrRejectedError': 1, 'NOT_NEEDED/DECEASED': 1, REGENERATED: 2 });
    expect(code).toBe(1);
  });
});

describe('bad input: exit 2, one message that names it and the way out', PATIENCE, () => {
  const policy = JSON.parse(readFileSync(new URL('../../../local/demo/policy.json', import.meta.url), 'utf8'));
  const aPatient = { resourceType: 'Patient', name: [{ family: 'Someone' }] };
  const withoutId = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: aPatient }] };
  const CASES: { what: string; args: string[]; files?: Record<string, object | string>; says: RegExp[] }[] = [
    { what: 'an unknown option', args: ['--patients', 'x'], says: [/'--patients'/, /Usage: npm start/] },
    { what: 'an option without its value', args: ['--policy'], says: [/--policy/, /Usage: npm start/] },
    { what: 'port 99999', args: ['--port', '99999'], says: [/--port 99999/, /0 .* to 65535/] },
    {
      what: 'a policy with a wrong key',
      args: ['--port', '0', '--policy', 'policy.json'],
      files: { 'policy.json': { ...policy, cycleLimits: 3 } },
      says: [/policy\.json/, /cycleLimits/, /docs\/connect-an-ehr\.md/],
    },
    {
      what: 'a practice that cannot be read',
      args: ['--port', '0', '--practice', 'no-such-folder'],
      says: [/no-such-folder cannot be read/, /Give a JSON file/],
    },
    {
      what: 'a file that is no Bundle',
      args: ['--port', '0', '--practice', 'one.json'],
      files: { 'one.json': aPatient },
      says: [/one\.json is no Bundle/, /Give a JSON file/],
    },
    {
      what: 'a Patient without id',
      args: ['--port', '0', '--practice', 'one.json'],
      files: { 'one.json': withoutId },
      says: [/Entry 1 of one\.json is a Patient without id/, /Give it an id/],
    },
  ];

  it.each(CASES)('$what', async ({ args, files = {}, says }) => {
    const { code, stdout, stderr, leftEndpoints } = await run(args, folderWith(files));
    expect({ code, stdout, leftEndpoints }).toEqual({ code: 2, stdout: '', leftEndpoints: false });
    for (const said of says) expect(stderr).toMatch(said);
    // A message, not a stack trace, and no patient's name.
    expect(stderr).not.toMatch(/^ {4}at |Someone/m);
  });

  it('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stdout, stderr, leftEndpoints } = await run(['--once', '--port', String(port)]);
    expect({ code, stdout, leftEndpoints }).toEqual({ code: 2, stdout: '', leftEndpoints: false });
    expect(stderr).toMatch(new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is in use.*--port 0\\n$`));
  });
});

describe('npm start', PATIENCE, () => {
  it('stays up, answers at every endpoint, and stops cleanly', async () => {
    const practice = folderWith(syntheticPractice({ now: Date.now(), trouble: '' }));
    const folder = folderWith({});
    const { child, endpointsFile, ended, printed } = command(['--port', '0', '--practice', practice], folder);
    await printed('Mailbox ');
    expect(statSync(endpointsFile).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, '.local')).mode & 0o777).toBe(0o700);
    const endpoints = Endpoints.parse(JSON.parse(readFileSync(endpointsFile, 'utf8')));

    for (const name of [
      'console',
      'api',
      'webhooks',
      'fhir',
      'stepfunctions',
      'dynamodb',
      'ses',
      'mailbox',
      'pickup',
    ] as const) {
      const { status } = await fetch(endpoints[name]);
      expect({ name, status }).toEqual({ name, status: expect.toSatisfy((code) => code < 500) });
    }
    const json = async (address: string, headers = {}) =>
      (await fetch(address, { headers })).json() as Promise<Record<string, unknown>>;
    const patient = `${endpoints.fhir}/Patient?_id=${DECEASED}`;
    expect(await json(patient)).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'login' }] });
    expect(await json(patient, { authorization: endpoints.fhirAuthorization })).toMatchObject({ total: 1 });
    expect(await json(endpoints.clock)).toEqual({ now: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect((await json(`${endpoints.mailbox}/store`)).emails).toHaveLength(ALIVE.length);
    const aws = { region: endpoints.region, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } };
    const sfn = new SFNClient({ ...aws, endpoint: endpoints.stepfunctions });
    const list = new ListExecutionsCommand({ stateMachineArn: endpoints.stateMachines['regenerate-pin'] });
    expect((await sfn.send(list)).executions).toHaveLength(ALIVE.length + 1);
    const dynamoDb = new DynamoDBClient({ ...aws, endpoint: endpoints.dynamodb });
    const table = await dynamoDb.send(new DescribeTableCommand({ TableName: endpoints.table }));
    expect(table.Table?.TableStatus).toBe('ACTIVE');
    sfn.destroy();
    dynamoDb.destroy();

    // One that comes and goes beside it takes no address from it.
    const beside = command(['--once', '--json', '--port', '0', '--practice', practice], folder);
    expect((await beside.ended).code).toBe(0);
    expect(Endpoints.parse(JSON.parse(readFileSync(endpointsFile, 'utf8')))).toEqual(endpoints);

    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    // No terminal, no progress bar.
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Portal PIN is up at http:.*\n/);
    expect(stdout).toMatch(/REGENERATED\W+3\W/);
    expect(existsSync(endpointsFile)).toBe(false);
    await expect(fetch(endpoints.clock)).rejects.toThrow();
  });

  it('with --idle loads the given practice and starts no executions', async () => {
    const practice = folderWith(syntheticPractice({ now: Date.now(), trouble: '' }));
    const { child, endpointsFile, ended, printed } = command(['--port', '0', '--idle', '--practice', practice]);
    await printed('Mailbox ');
    const endpoints = Endpoints.parse(JSON.parse(readFileSync(endpointsFile, 'utf8')));
    const headers = { authorization: endpoints.fhirAuthorization };
    const found = await (await fetch(`${endpoints.fhir}/Patient?_id=${DECEASED}`, { headers })).json();
    expect(found).toMatchObject({ total: 1 });
    expect(await (await fetch(`${endpoints.mailbox}/store`)).json()).toMatchObject({ emails: [] });
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });
});

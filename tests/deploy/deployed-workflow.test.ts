/**
 * The CDK app, deployed by the CDK CLI to a MiniStack, regenerates PINs in the EHR beside it. One story: each test begins
 * where the one before ended. What goes wrong in a step is not told here (MiniStack hands no error names to Catch):
 * tests/system/workflow breaks every call of the same state machine.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { find } from '../system/scenarios/canary-search.ts';
import { createCdk, type Outputs } from './cdk.ts';
import { connect } from './deployed.ts';
import { picksUp } from './picks-up.ts';
import { type Practice, servePractice } from './practice.ts';
import { staff } from './staff.ts';
import { startsByItself } from './starts-by-itself.ts';

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const FOLDER = process.env.TMPDIR ?? '';
const GOOD_PATH = [
  'VerifyEmail',
  'CheckExpiry',
  'WhatIsDue',
  'RegeneratePin',
  'ClearRouting',
  'SignDocument',
  'SendEnrollmentNotification',
];
/** Of a failed execution: enough for the step that failed. */
const LINES_TO_SHOW = 20;
const PIN_LIFE_S = 30 * 24 * 60 * 60;

describe('the deployed workflow', () => {
  let practice: Practice;
  let cdk: ReturnType<typeof createCdk>;
  let outputs: Outputs;
  let deployed: ReturnType<typeof connect>;
  /** Everything that executions were given, passed on and answered. */
  const histories: string[] = [];

  beforeAll(async () => {
    practice = await servePractice(FOLDER);
    cdk = createCdk(FOLDER, practice.deploymentFile);
    await cdk.bootstrap();
    outputs = await cdk.deploy();
    deployed = connect(outputs, practice.policy);
    await deployed.prepare(practice.clientKey.privateJwks, WEBHOOK_SECRET);
  });
  afterAll(async () => {
    deployed?.close();
    await practice?.close();
  });

  /** Takes the patient through one execution; answers with its path and its output. */
  async function take(patientId: string) {
    return ended(await deployed.start(patientId));
  }

  async function ended(executionArn: string) {
    const { execution, history, path } = await deployed.ended(executionArn);
    histories.push(JSON.stringify({ execution, history }));
    const { status, error, cause } = execution;
    if (status !== 'SUCCEEDED') {
      const lines = (await deployed.logLines()).slice(-LINES_TO_SHOW);
      throw new Error([`${path.join(' → ')} → ${status}: ${error} ${cause}`, ...lines].join('\n'));
    }
    return { path, ending: JSON.parse(execution.output ?? '') };
  }

  async function itemOf(patientId: string, kind: string) {
    return (await deployed.items()).find(({ pk, sk }) => pk === `PATIENT#${patientId}` && sk === kind);
  }

  it('names what an operator needs', () => {
    expect(Object.keys(outputs).sort()).toEqual([
      'AlarmTopicArn',
      'ApiUrl',
      'ConsoleBucket',
      'ConsoleClientId',
      'ConsoleIssuer',
      'ConsoleLogin',
      'ConsoleTarget',
      'ConsoleUrl',
      'DashboardUrl',
      'DiscoverPinsStateMachineArn',
      'EhrKeySecretArn',
      'EhrWebhookSecretArn',
      'EhrWebhookUrl',
      'FingerprintKeyArn',
      'PickupUrl',
      'RegeneratePinStateMachineArn',
      'ReminderDays',
      'SesConfigurationSet',
      'SourceMapsUrl',
      'StaffUserPoolId',
      'SweepExpiringPinsStateMachineArn',
      'TableName',
      'TimeZone',
    ]);
  });

  it('regenerates an expired PIN: chart signed, PIN recorded for 30 days, patient told', async () => {
    const patient = practice.patientWho('REGENERATED', null);
    expect(await take(patient)).toEqual({ path: GOOD_PATH, ending: { outcome: 'REGENERATED', reason: null } });

    const [document, ...others] = await practice.signedByUs(patient);
    expect(others).toEqual([]);
    const signedAt = Date.parse(document?.date ?? '') / 1000;
    expect(await itemOf(patient, 'PIN')).toMatchObject({ document: document?.id, ttl: signedAt + PIN_LIFE_S });
    expect(await itemOf(patient, 'ACCOUNT')).toMatchObject({ outcome: 'REGENERATED', endedBy: expect.any(String) });
    const mails = await deployed.mails();
    expect(mails.map(({ To, Source }) => ({ To, Source }))).toEqual([
      {
        To: [expect.stringContaining('@example.com')],
        Source: expect.stringContaining(practice.policy.practice.sender),
      },
    ]);
    expect(mails[0]?.BodyText).toContain(practice.policy.practice.name);
    // The record has it now: no machine starts the same patient again.
    expect(await deployed.trigger(patient)).toMatchObject({ decision: 'NOT_DUE' });
  });

  it.each([
    ['EMAIL_MISSING', 'NONE', 'RequestEmail'],
    ['NOT_NEEDED', 'NOT_EXPIRED', 'NotNeeded'],
    ['HELD', 'CYCLE_LIMIT', 'HoldForStaff'],
  ])('ends %s, %s, and sends no mail', async (outcome, reason, state) => {
    const mailsBefore = await deployed.mails();
    const patient = practice.patientWho(outcome, reason);
    expect(await take(patient)).toEqual({
      path: ['VerifyEmail', 'CheckExpiry', 'WhatIsDue', state],
      ending: { outcome, reason },
    });
    expect(await itemOf(patient, 'ACCOUNT')).toMatchObject({ outcome, reason });
    expect(await practice.signedByUs(patient)).toHaveLength(outcome === 'HELD' ? 1 : 0);
    expect(await deployed.mails()).toEqual(mailsBefore);
  });

  startsByItself(() => ({ practice, outputs, deployed, webhookSecret: WEBHOOK_SECRET, ended }));
  picksUp(() => ({ practice, outputs, deployed, webhookSecret: WEBHOOK_SECRET, ended, take }));

  staff(() => ({ practice, outputs, deployed, folder: FOLDER }));

  it('has nothing left to deploy', async () => {
    expect(await cdk.diff()).toContain('Number of stacks with differences: 0');
  });

  it('takes an update, with the table and the key as they were, and works as it says', async () => {
    const before = await deployed.items();
    practice.rename('Riverside Family Practice & Partners');
    expect(await cdk.deploy()).toEqual(outputs);
    expect(await deployed.items()).toEqual(before);

    const patient = practice.patientWho('REGENERATED', null, 1);
    expect(await take(patient)).toMatchObject({ path: GOOD_PATH, ending: { outcome: 'REGENERATED' } });
    expect((await deployed.mails()).at(-1)?.BodyText).toContain('Riverside Family Practice & Partners');
    expect((await deployed.items()).length).toBeGreaterThan(before.length);
  });

  it('shows no PIN, address or name in histories, log lines and table', async () => {
    const lines = await deployed.logLines();
    const items = await deployed.items();
    // Some sixty calls ended; MiniStack drops a line that comes late.
    expect(lines.filter((line) => line.includes('"step ended"')).length).toBeGreaterThan(40);
    const texts = [...histories, ...lines, ...items.map((item) => JSON.stringify(item))];
    const secrets = await practice.secrets();
    expect(
      find(
        secrets,
        texts.map((text) => ({ where: text.slice(0, 80), text })),
      ),
    ).toEqual([]);
  });

  it('is deleted on purpose only, and all but what holds data', async () => {
    const before = await deployed.items();
    await expect(cdk.destroy()).rejects.toThrow('TerminationProtection');
    await deployed.unprotect('portal-pin-stateful');
    await cdk.destroy();
    expect(await deployed.items()).toEqual(before);
    // The state machine is gone.
    await expect(deployed.trigger(practice.patientWho('REGENERATED', null, 2))).rejects.toThrow();
  });
});

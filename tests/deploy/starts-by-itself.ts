/**
 * Executions that the deployed stack starts by itself, and those that an administrator starts.
 * MiniStack is no AWS here: it checks no permission and no signature of its own callers, serves the API below a path (a
 * name under localhost resolves nowhere), takes every schedule for UTC, and deletes nothing by TTL, so that the lapse is
 * handed to its function as the stream would. tests/infra holds what it does not.
 */
import { expect, it, vi } from 'vitest';
import type { EhrEvent } from '../../functions/domain/webhook/ehr-event.ts';
import { LAPSES } from '../../infra/constructs/lapses.ts';
import { removalRecord } from '../../local/dynamodb/dynamodb-stream.ts';
import { eventOf } from '../../local/ses/ses-events.ts';
import { ehrSender, freshId } from '../support/harness/ehr-sender.ts';
import { mailOf } from '../support/harness/mail-of.ts';
import type { Outputs } from './cdk.ts';
import { portalPin, portalPinJson } from './command-line.ts';
import type { connect } from './deployed.ts';
import type { Practice } from './practice.ts';

export interface Story {
  practice: Practice;
  outputs: Outputs;
  deployed: ReturnType<typeof connect>;
  webhookSecret: string;
  /** Waits for the end of an execution; its path and its output. */
  ended(executionArn: string): Promise<{ path: string[]; ending: unknown }>;
}

const REGENERATED = { outcome: 'REGENERATED', reason: null };

/** The URL of the output, where MiniStack serves it. */
export function served(url = ''): string {
  const { host, pathname } = new URL(url);
  return `${process.env.AWS_ENDPOINT_URL}/_aws/execute-api/${host.split('.')[0]}${pathname}`;
}

export function startsByItself(story: () => Story): void {
  const sender = () => ehrSender(served(story().outputs.EhrWebhookUrl).replace(/\/ehr$/, ''), story().webhookSecret);
  const event = (type: 'pin.issued' | 'patient.email_changed', patientId: string): EhrEvent => ({
    type,
    timestamp: new Date(Date.now()).toISOString(),
    data: { patientId },
  });
  const requested = (patientId: string): EhrEvent => ({
    type: 'pin.regeneration_requested',
    timestamp: new Date(Date.now()).toISOString(),
    data: { patientId, actor: 'front desk', reason: 'came by in person', force: false },
  });
  const arnOf = (execution: unknown) =>
    `${story().outputs.RegeneratePinStateMachineArn?.replace(':stateMachine:', ':execution:')}:${execution}`;

  /** The PIN in its chart is known, and it is due since it expired; nothing was started. */
  async function track(n: number): Promise<string> {
    const patientId = story().practice.patientWho('REGENERATED', null, n);
    const { status, body } = await sender().deliver(event('pin.issued', patientId));
    expect([status, body]).toEqual([202, { decision: 'TRACKED', execution: null }]);
    return patientId;
  }

  it('takes a signed webhook at the API’s URL: an execution starts, the patient is told; repeated, it gets the same answer', async () => {
    const { practice, deployed, ended } = story();
    const patientId = practice.patientWho('REGENERATED', null, 3);
    const mailsBefore = (await deployed.mails()).length;
    const id = freshId();
    const asked = requested(patientId);
    const { status, body } = await sender().deliver(asked, { id });
    expect([status, body]).toEqual([202, { decision: 'STARTED', execution: expect.any(String) }]);
    expect(await ended(arnOf(body.execution))).toMatchObject({ ending: REGENERATED });
    expect(await practice.signedByUs(patientId)).toHaveLength(1);
    expect(await sender().send(asked, { id })).toMatchObject({ status: 202, body });
    expect((await deployed.mails()).length).toBe(mailsBefore + 1);
  });

  it('takes what SES tells of that mail out of its queue: its address is written to no more, the front desk is asked for another', async () => {
    const { practice, outputs, deployed, ended } = story();
    const patientId = practice.patientWho('REGENERATED', null, 3);
    const isHis = (item: Record<string, unknown>) => item.sk === 'MESSAGE' && item.patientId === patientId;
    const sent = (await deployed.items()).find(isHis);
    const mail = mailOf([(await deployed.mails()).at(-1)?.To[0] ?? ''], {
      configurationSet: outputs.SesConfigurationSet ?? null,
    });
    const messageId = String(sent?.pk).slice('MESSAGE#'.length);
    const bounce = eventOf({ ...mail, messageId, at: Math.floor(Date.now() / 1000) }, 'Bounce');
    const foreign = eventOf({ ...mail, sent: { ...mail.sent, configurationSet: 'newsletter' } }, 'Bounce');
    if (bounce === null || foreign === null) throw new Error('no configuration set');
    const before = (await portalPinJson('status', patientId)) as { execution: string };

    expect(await deployed.tell(foreign)).toBe(0);
    expect(await deployed.tell(bounce)).toBe(1);
    const { execution } = await vi.waitUntil(
      async () => {
        const status = (await portalPinJson('status', patientId)) as { execution: string };
        return status.execution !== before.execution && status;
      },
      { timeout: 60_000, interval: 1_000 },
    );
    expect(await ended(arnOf(execution))).toMatchObject({
      ending: { outcome: 'EMAIL_MISSING', reason: 'SUPPRESSED' },
    });
    expect((await deployed.items()).find(isHis)).toMatchObject({ feedback: { PERMANENT_BOUNCE: expect.any(String) } });
  });

  it('answers 401 to a webhook that is unsigned or signed by another, and notes nothing', async () => {
    const { practice, outputs, deployed } = story();
    const before = await deployed.items();
    const asked = requested(practice.patientWho('REGENERATED', null, 4));
    const another = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
    const unsigned = await fetch(served(outputs.EhrWebhookUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    });
    const foreign = await sender().send(asked, { secret: another });
    const type = 'https://portal-pin.example/problems/not-verified';
    expect([unsigned.status, await unsigned.json()]).toEqual([401, expect.objectContaining({ type })]);
    expect([foreign.status, foreign.body]).toEqual([401, expect.objectContaining({ type })]);
    expect(await deployed.items()).toEqual(before);
  });

  it('knows no other route', async () => {
    const { outputs } = story();
    const url = served(outputs.EhrWebhookUrl);
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(url.replace(/ehr$/, 'other'), { method: 'POST' })).status).toBe(404);
  });

  it('has a schedule that starts the sweep, and a stream that brings what lapses', async () => {
    const { practice, outputs, deployed } = story();
    const { hour } = practice.policy.sweep;
    expect(await deployed.schedule('portal-pin-sweep-expiring-pins')).toMatchObject({
      State: 'ENABLED',
      ScheduleExpression: `cron(0 ${hour} * * ? *)`,
      Target: { Arn: outputs.SweepExpiringPinsStateMachineArn, Input: '{"dryRun":false}' },
    });
    const mappings = await deployed.eventSourceMappings();
    const functions = mappings.map(({ FunctionArn }) => String(FunctionArn).split(':portal-pin-')[1]);
    expect(functions.toSorted()).toEqual(['EmailFeedback', 'PinLapsed']);
    expect(mappings[functions.indexOf('PinLapsed')]).toMatchObject({
      State: 'Enabled',
      FilterCriteria: { Filters: [{ Pattern: JSON.stringify(LAPSES) }] },
    });
  });

  it('sweeps: a dry run starts nothing, the next run starts the due patients', async () => {
    const { practice, ended } = story();
    const due = [await track(4), await track(5)];
    expect(await portalPinJson('sweep', '--dry-run')).toMatchObject({ dryRun: true, counts: { STARTED: 2 } });
    for (const patientId of due) expect(await portalPinJson('status', patientId)).toMatchObject({ execution: null });
    expect(await portalPinJson('sweep')).toMatchObject({ dryRun: false, counts: { STARTED: 2, FAILED: 0 } });
    for (const patientId of due) {
      const { execution } = (await portalPinJson('status', patientId)) as { execution: string };
      expect(await ended(arnOf(execution))).toMatchObject({ ending: REGENERATED });
      expect(await practice.signedByUs(patientId)).toHaveLength(1);
    }
    const reports = (await portalPinJson('sweeps')) as object[];
    expect(reports).toMatchObject([{ outcomes: {} }, { outcomes: { REGENERATED: 2 } }]);
  });

  it('takes the lapse of a PIN, and reports a record that is none', async () => {
    const { outputs, deployed, ended } = story();
    const patientId = await track(6);
    const [account] = (await deployed.items()).filter(
      ({ pk, sk }) => pk === `PATIENT#${patientId}` && sk === 'ACCOUNT',
    );
    const keys = { pk: { S: `PATIENT#${patientId}` }, sk: { S: 'PIN' } };
    const image = { ...keys, document: { S: String(account?.document) }, expiresAt: { S: String(account?.expiresAt) } };
    const tableArn = `arn:aws:dynamodb:us-east-1:000000000000:table/${outputs.TableName}`;
    const records = [
      removalRecord(tableArn, keys, image, 1, Date.now()),
      removalRecord(tableArn, keys, keys, 2, Date.now()),
    ];
    expect(await deployed.invoke('portal-pin-PinLapsed', { Records: records })).toEqual({
      batchItemFailures: [{ itemIdentifier: records[1]?.dynamodb?.SequenceNumber }],
    });
    const { execution } = (await portalPinJson('status', patientId)) as { execution: string };
    expect(await ended(arnOf(execution))).toMatchObject({ ending: REGENERATED });
  });

  it('is inspected and steered by the command line', async () => {
    const { practice } = story();
    const patientId = await track(7);
    const why = (await portalPinJson('why', patientId)) as { rule: string; fact: string }[];
    expect(why.map(({ rule }) => rule)).toContain('A PIN lives 30 days from its signing (P2, P8)');
    const executions = (await portalPinJson('executions', '--limit', '100')) as { name: string; status: string }[];
    expect(executions.length).toBeGreaterThan(7);
    expect(new Set(executions.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
    expect(await portalPinJson('executions', '--failed')).toEqual([]);

    await portalPinJson('pause', '--reason', 'EHR is being upgraded');
    expect(await sender().deliver(requested(patientId))).toMatchObject({ status: 202, body: { decision: 'PAUSED' } });
    const refused = await portalPin('sweep');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('STARTS_PAUSED')]);
    // Before going live, staff look at the dry run while processing is paused.
    expect(await portalPinJson('sweep', '--dry-run')).toMatchObject({ stoppedBy: null, dryRun: true });
    expect((await portalPin('status', patientId)).stdout).toContain('PAUSED');
    await portalPinJson('resume');
    expect(await portalPinJson('status', patientId)).toMatchObject({ execution: null });

    const unknown = await portalPin('status', 'unknown-1');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('There is no record of unknown-1')]);
    const elsewhere = await portalPin('--stack', 'elsewhere', 'status', patientId);
    expect([elsewhere.code, elsewhere.stderr]).toEqual([3, expect.stringContaining('There is no stack elsewhere')]);
    expect(await practice.signedByUs(patientId)).toEqual([]);
  });

  it('discovers what was signed before it came, and starts nothing', async () => {
    const { practice, outputs, ended } = story();
    const patientId = practice.patientWho('EMAIL_MISSING', 'INVALID');
    const report = (await portalPinJson('discover')) as { execution: string; counts: Record<string, number> };
    expect(report).toMatchObject({ stoppedBy: null, counts: { FAILED: 0 }, failed: [] });
    expect(report.counts.TRACKED).toBeGreaterThan(20);
    const machine = outputs.DiscoverPinsStateMachineArn?.replace(':stateMachine:', ':execution:');
    expect(await ended(`${machine}:${report.execution}`)).toMatchObject({ ending: { isOver: true, cursor: null } });
    expect(await portalPinJson('status', patientId)).toMatchObject({ execution: null, document: expect.any(String) });
    expect(await portalPinJson('discover')).toMatchObject({ counts: { TRACKED: 0, FAILED: 0 } });
  });
}

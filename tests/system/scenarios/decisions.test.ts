import type { DocumentReference, Task } from 'fhir/r4';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StartAnswer } from '../../../functions/usecases/case/start.ts';
import { start } from '../../../functions/usecases/case/start.ts';
import { acknowledge, regenerate, release, resend } from '../../../functions/usecases/staff/decisions.ts';
import { DAY } from '../../../local/demo/case.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running.close());
afterEach(() => {
  running.platform.ehr.clearFaults();
  running.platform.mailbox.heal();
});

const decided = (patientId: string) => ({ patientId, actor: 'front-desk-7', reason: 'The patient called.' });
const mailsTo = (id: string) =>
  running.platform.mailbox.mails().filter((mail) => mail.sent.destination[0]?.includes(`.${Number(id.slice(5))}@`));
const live = (id: string) => running.fhir<DocumentReference>(`DocumentReference?patient=Patient/${id}&status=current`);
const openTasks = async (id: string) =>
  (await running.fhir<Task>(`Task?patient=Patient/${id}&status=requested`)).map((task) => task.code?.coding?.[0]?.code);

async function outcomeOf(answer: StartAnswer): Promise<unknown> {
  if (!('arn' in answer)) return answer;
  const { execution } = await running.ended(answer.arn);
  return execution.status === 'SUCCEEDED' ? JSON.parse(execution.output ?? 'null') : execution.error;
}

async function requestsOf(id: string): Promise<unknown[]> {
  const items = await running.items();
  return items.filter((item) => item.pk === `PATIENT#${id}` && String(item.sk).startsWith('REQUEST#'));
}

const refusedAs = (code: string) => ({ name: 'DecisionRefusedError', code });

describe('regenerate', () => {
  it('replaces a valid PIN once and names the requester', async () => {
    const id = await running.admit({});
    await running.take(id);
    const [first] = await live(id);
    expect(await outcomeOf(await regenerate(running.decisionPorts, decided(id)))).toEqual({
      outcome: 'REGENERATED',
      reason: null,
    });
    const [second, ...others] = await live(id);
    expect(second?.id).not.toBe(first?.id);
    expect(others).toEqual([]);
    expect(mailsTo(id)).toHaveLength(2);
    const [request] = await requestsOf(id);
    expect(request).toMatchObject({ action: 'regenerate', actor: 'front-desk-7', reason: 'The patient called.' });
  });

  it('is not served a second time: sent again, it is answered by the execution that served it', async () => {
    const id = await running.admit({});
    await running.take(id);
    await outcomeOf(await regenerate(running.decisionPorts, decided(id)));
    const { servedRequest } = await running.account(id);
    expect(servedRequest).not.toBeNull();
    const [before] = await live(id);
    const again = { patientId: id, trigger: 'person', force: servedRequest, awaitedFactChanged: false } as const;
    const { execution } = await running.account(id);
    expect(await start(running.decisionPorts, again)).toMatchObject({ decision: 'STARTED', execution });
    await running.platform.stepFunctions.settled();
    expect((await running.account(id)).execution).toBe(execution);
    expect((await live(id)).map((each) => each.id)).toEqual([before?.id]);
  });
});

it('a forced request that failed does not kill the PIN that staff signed meanwhile', async () => {
  const { ehr, mailbox } = running.platform;
  const id = await running.admit({});
  await running.take(id);
  ehr.fail({ route: 'Patient/:id', times: 100, fault: { kind: 'status', status: 503 } });
  const failed = await regenerate(running.decisionPorts, decided(id));
  await running.platform.stepFunctions.settled();
  ehr.clearFaults();
  expect(await running.account(id)).toMatchObject({ execution: failed.execution, servedRequest: null });
  const sent = mailbox.mails().length;
  await running.platform.clock.advance(60_000);
  const { documentId } = await ehr.staff.signPinByHand(id, { pin: 'H123456789', at: running.platform.clock.now() });
  expect(await running.take(id)).toMatchObject({ execution: { output: expect.stringContaining('NOT_EXPIRED') } });
  expect((await live(id)).map((each) => each.id)).toEqual([documentId]);
  expect(mailbox.mails()).toHaveLength(sent);
  // One that is made after it is served.
  await running.platform.clock.advance(60_000);
  expect(await outcomeOf(await regenerate(running.decisionPorts, decided(id)))).toMatchObject({
    outcome: 'REGENERATED',
  });
  expect((await live(id)).map((each) => each.id)).not.toContain(documentId);
});

describe('release', () => {
  it('resumes a case after its attempts were exhausted', async () => {
    const id = await running.admit({});
    await running.track(id);
    await running.change(id, { failures: 5 });
    expect((await running.take(id)).execution.output).toContain('ATTEMPTS_EXHAUSTED');
    expect(await openTasks(id)).toEqual(['review-chart']);
    expect(await outcomeOf(await release(running.decisionPorts, decided(id)))).toMatchObject({
      outcome: 'REGENERATED',
    });
    expect(await openTasks(id)).toEqual([]);
    expect(await running.account(id)).toMatchObject({ failures: 0, unclaimedCycles: 1 });
  });

  it('lets cycles count from zero again, also when staff sign a PIN by hand later', async () => {
    const { clock, ehr } = running.platform;
    const ours = (age: number) => ({ age: age * DAY, ours: true });
    const id = await running.admit({ pins: [{ age: 125 * DAY }, ours(94), ours(63), ours(32)] });
    expect((await running.take(id)).execution.output).toContain('CYCLE_LIMIT');
    await outcomeOf(await release(running.decisionPorts, decided(id)));
    expect(await running.account(id)).toMatchObject({ outcome: 'REGENERATED', unclaimedCycles: 1 });
    const { documentId } = await ehr.staff.signPinByHand(id, { pin: 'W123456789', at: clock.now() });
    expect((await running.take(id)).execution.output).toContain('NOT_EXPIRED');
    expect(await running.account(id)).toMatchObject({ document: documentId, unclaimedCycles: 1 });
  });

  it('is refused where nothing is held, and where there is no record', async () => {
    const id = await running.admit({});
    await running.take(id);
    await expect(release(running.decisionPorts, decided(id))).rejects.toMatchObject(refusedAs('NOT_HELD'));
    await expect(release(running.decisionPorts, decided('unknown-1'))).rejects.toMatchObject(refusedAs('NO_RECORD'));
    expect(await requestsOf(id)).toEqual([]);
  });
});

describe('a message with unknown delivery', () => {
  async function unknownFate(): Promise<string> {
    const id = await running.admit({});
    running.platform.mailbox.fail({ kind: 'drop', when: 'after' });
    const { execution } = await running.take(id);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'NotificationFateUnknownError' });
    expect((await running.account(id)).message?.state).toBe('UNKNOWN');
    expect(await openTasks(id)).toEqual(['notify-patient']);
    return id;
  }

  it('resend: is sent once more by the ordinary workflow, and the Task is closed', async () => {
    const id = await unknownFate();
    const [before] = await live(id);
    expect(await outcomeOf(await resend(running.decisionPorts, decided(id)))).toMatchObject({ outcome: 'REGENERATED' });
    expect(mailsTo(id)).toHaveLength(2);
    expect((await live(id)).map((each) => each.id)).toEqual([before?.id]);
    expect(await openTasks(id)).toEqual([]);
    expect((await running.account(id)).message).toMatchObject({ state: 'ACCEPTED', filed: true });
  });

  it('acknowledge: nothing is sent any more, and the Task is closed', async () => {
    const id = await unknownFate();
    await acknowledge(running.decisionPorts, decided(id));
    expect(await openTasks(id)).toEqual([]);
    expect((await running.account(id)).message?.state).toBe('SETTLED');
    const next = await running.take(id);
    expect(JSON.parse(next.execution.output ?? 'null')).toEqual({ outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' });
    expect(mailsTo(id)).toHaveLength(1);
    await expect(acknowledge(running.decisionPorts, decided(id))).rejects.toMatchObject(
      refusedAs('NOTHING_TO_ACKNOWLEDGE'),
    );
  });

  it('stays on the desk when the next day finds the PIN valid', async () => {
    const id = await unknownFate();
    const next = await running.take(id);
    expect(JSON.parse(next.execution.output ?? 'null')).toEqual({ outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' });
    expect(await openTasks(id)).toEqual(['notify-patient']);
    expect(mailsTo(id)).toHaveLength(1);
  });
});

describe('resend is refused', () => {
  it('where no message was made by us', async () => {
    const id = await running.admit({ pins: [{ age: 3 * DAY }] });
    await running.take(id);
    await expect(resend(running.decisionPorts, decided(id))).rejects.toMatchObject(refusedAs('NO_MESSAGE'));
  });

  it('where the PIN has died', async () => {
    const id = await running.admit({});
    await running.take(id);
    await running.change(id, { expiresAt: '2020-01-01T00:00:00Z' });
    await expect(resend(running.decisionPorts, decided(id))).rejects.toMatchObject(refusedAs('PIN_EXPIRED'));
  });
});

/** Staff actions on a case: once, on the case as displayed, recorded with user and reason. */
import { randomUUID } from 'node:crypto';
import type { DocumentReference, Task } from 'fhir/r4';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../../local/demo/case.ts';
import { type Api, apiAt } from '../../support/admin/running-api.ts';
import { type RunningPlatform, runPlatform } from '../scenarios/running-platform.ts';

let running: RunningPlatform;
let api: Api;
beforeAll(async () => {
  running = await runPlatform();
  api = apiAt(running.platform.endpoints.api);
});
afterAll(() => running.close());
afterEach(async () => {
  running.platform.ehr.clearFaults();
  running.platform.mailbox.heal();
  await running.platform.stepFunctions.settled();
});

const parametersOf = (patientId: string) => ({ parameters: { patientId } });
const caseOf = (patientId: string) => api.ask('readPatient', parametersOf(patientId));
const live = (id: string) => running.fhir<DocumentReference>(`DocumentReference?patient=Patient/${id}&status=current`);
const openTasks = (id: string) => running.fhir<Task>(`Task?patient=Patient/${id}&status=requested`);
const settled = () => running.platform.stepFunctions.settled();

interface Order {
  action: string;
  reason?: string;
  version?: string;
  force?: boolean;
}

/** About the case as it stands, unless another version is told. */
async function order(patientId: string, { reason = 'The patient called.', ...more }: Order) {
  const version = more.version ?? (await caseOf(patientId)).version;
  return { ...parametersOf(patientId), body: { reason, ...more, version } };
}
const act = async (patientId: string, more: Order, key?: string) =>
  api.ask('actOnPatient', { ...(await order(patientId, more)), ...(key !== undefined && { key }) });
const refused = async (patientId: string, more: Order, key?: string) =>
  api.refused('actOnPatient', { ...(await order(patientId, more)), ...(key !== undefined && { key }) });

/** A patient with exhausted attempts. */
async function held(): Promise<string> {
  const id = await running.admit({});
  await running.track(id);
  await running.change(id, { failures: 5 });
  await running.take(id);
  return id;
}

/** A patient with unknown delivery of the mail. */
async function unsure(): Promise<string> {
  const id = await running.admit({});
  running.platform.mailbox.fail({ kind: 'drop', when: 'after' });
  await running.take(id);
  running.platform.mailbox.heal();
  return id;
}

describe('each action', () => {
  it('regenerate with force replaces a living PIN; without, it is a look', async () => {
    const id = await running.admit({});
    await running.take(id);
    const [first] = await live(id);
    expect(await act(id, { action: 'regenerate' })).toMatchObject({ decision: 'STARTED' });
    await settled();
    expect((await live(id)).map((each) => each.id)).toEqual([first?.id]);
    expect(await caseOf(id)).toMatchObject({ outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' });
    expect(await act(id, { action: 'regenerate', force: true })).toMatchObject({ decision: 'STARTED' });
    await settled();
    const [second, ...others] = await live(id);
    expect([second?.id === first?.id, others]).toEqual([false, []]);
    expect(await caseOf(id)).toMatchObject({ outcome: 'REGENERATED', pin: { state: 'ALIVE' } });
  });

  it('release ends a hold, and the work list forgets the case', async () => {
    const id = await held();
    expect((await caseOf(id)).todo).toBe('decide');
    const { execution } = await act(id, { action: 'release', reason: 'They want it after all.' });
    await settled();
    const after = await caseOf(id);
    expect(after).toMatchObject({ outcome: 'REGENERATED', todo: null, endedBy: execution, failures: 0 });
    expect(after.decisions).toMatchObject([{ action: 'release', actor: 'local', reason: 'They want it after all.' }]);
    expect((await api.all('readWorkList')).map(({ patientId }) => patientId)).not.toContain(id);
  });

  it('redrive is a fresh execution once the cause is gone', async () => {
    const id = await running.admit({ patient: () => ({ telecom: [] }) });
    await running.take(id);
    expect(await caseOf(id)).toMatchObject({ outcome: 'EMAIL_MISSING', reason: 'NONE', todo: 'enter-email' });
    expect(await openTasks(id)).toHaveLength(1);
    const { execution } = await act(id, { action: 'redrive', reason: 'Looked again.' });
    await settled();
    expect(await caseOf(id)).toMatchObject({ outcome: 'EMAIL_MISSING', endedBy: execution });
    expect((await caseOf(id)).executions.map(({ attempt }) => attempt)).toEqual([2, 1]);
  });

  it('resend sends the same PIN’s notification once more', async () => {
    const id = await unsure();
    expect((await caseOf(id)).message).toEqual({ kind: 'NEW_PIN', state: 'UNKNOWN', isFiled: false });
    await act(id, { action: 'resend' });
    await settled();
    expect(await caseOf(id)).toMatchObject({ outcome: 'REGENERATED', message: { state: 'ACCEPTED', isFiled: true } });
    expect(await openTasks(id)).toEqual([]);
  });

  it('acknowledge closes the Task, and nothing is left to do', async () => {
    const id = await unsure();
    expect((await caseOf(id)).todo).toBe('notify-patient');
    expect(await act(id, { action: 'acknowledge' })).toEqual({ decision: 'ACKNOWLEDGED', execution: null });
    expect(await openTasks(id)).toEqual([]);
    expect(await caseOf(id)).toMatchObject({ message: { state: 'SETTLED' }, todo: null, staffTasks: [] });
    expect((await api.all('readWorkList')).map(({ patientId }) => patientId)).not.toContain(id);
  });

  it('acknowledge closes a Task to tell the patient also where the mail was accepted', async () => {
    const id = await running.admit({});
    await running.take(id);
    await running.change(id, { staffTasks: [{ code: 'notify-patient', reason: 'PICKUP_LOCKED' }] });
    expect(await caseOf(id)).toMatchObject({ outcome: 'REGENERATED', todo: 'notify-patient' });
    expect(await act(id, { action: 'acknowledge' })).toMatchObject({ decision: 'ACKNOWLEDGED' });
    expect(await caseOf(id)).toMatchObject({ todo: null, message: { state: 'ACCEPTED' } });
  });

  it('is recorded, and starts nothing, while all starts are paused', async () => {
    const id = await held();
    await api.ask('pause', { body: { reason: 'EHR is being upgraded' } });
    try {
      expect(await act(id, { action: 'release' })).toEqual({ decision: 'PAUSED', execution: null });
      expect(await caseOf(id)).toMatchObject({ outcome: 'HELD', decisions: [{ action: 'release' }] });
    } finally {
      await api.ask('resume', { body: { reason: 'done' } });
    }
  });
});

describe('is refused', () => {
  it('where the case changed meanwhile, with how it stands now: 409', async () => {
    const id = await held();
    const { version } = await caseOf(id);
    await act(id, { action: 'release' });
    await settled();
    const problem = await refused(id, { action: 'release', version });
    expect(problem).toMatchObject({ name: 'case-changed', status: 409 });
    expect(problem.patient).toEqual(await caseOf(id));
    expect(problem.patient).toMatchObject({ outcome: 'REGENERATED' });
    expect((await caseOf(id)).decisions).toHaveLength(1);
  });

  it.each([
    ['release', 'NOT_HELD', {}],
    ['acknowledge', 'NOTHING_TO_ACKNOWLEDGE', {}],
    ['resend', 'NO_MESSAGE', { message: null }],
    ['resend', 'PIN_EXPIRED', { expiresAt: '2020-01-01T00:00:00Z' }],
  ])('%s where it does not fit: 409 %s', async (action, code, change) => {
    const id = await running.admit({});
    await running.take(id);
    await running.change(id, change);
    const problem = await refused(id, { action });
    expect(problem).toMatchObject({ name: 'decision-refused', status: 409, code, patient: { patientId: id } });
    expect((await caseOf(id)).actions).not.toContain(action);
    expect((await caseOf(id)).decisions).toEqual([]);
  });

  it('a decision about a case that is at work: 409', async () => {
    const id = await held();
    const go = Promise.withResolvers<void>();
    const stop = running.platform.ehr.onRequest(({ phase, request }) =>
      phase === 'before' && request.route === 'Encounter/:id' ? go.promise : undefined,
    );
    try {
      await act(id, { action: 'release' });
      await expect.poll(async () => (await caseOf(id)).isAtWork).toBe(true);
      expect((await caseOf(id)).actions).toEqual([]);
      // The execution writes the case, too: so either it was seen anew, or it is at work.
      const problem = await refused(id, { action: 'release' });
      expect(['decision-refused', 'case-changed']).toContain(problem.name);
    } finally {
      stop();
      go.resolve();
    }
  });

  it('a deleted patient: 404', async () => {
    expect(await refused('unknown-1', { action: 'redrive', version: 'v' })).toMatchObject({
      name: 'patient-unknown',
      status: 404,
    });
    const id = await held();
    running.platform.ehr.fail({ route: 'Patient/:id', fault: { kind: 'status', status: 410 }, times: 10 });
    for (const action of ['release', 'redrive', 'regenerate', 'resend', 'acknowledge']) {
      expect(await refused(id, { action })).toMatchObject({ name: 'patient-gone', status: 404 });
    }
    expect((await caseOf(id)).decisions).toEqual([]);
  });

  it('an EHR that is down: 503, and the same key may be sent again', async () => {
    const id = await held();
    const [body, key] = [await order(id, { action: 'release' }), randomUUID()];
    running.platform.ehr.fail({ route: 'Patient/:id', fault: { kind: 'status', status: 500 } });
    expect(await api.refused('actOnPatient', { ...body, key })).toMatchObject({ name: 'unavailable', status: 503 });
    expect((await caseOf(id)).decisions).toEqual([]);
    running.platform.ehr.clearFaults();
    expect(await api.ask('actOnPatient', { ...body, key })).toMatchObject({ decision: 'STARTED' });
  });

  it.each([
    ['no reason', { reason: undefined }, '/reason'],
    ['an empty reason', { reason: '   ' }, '/reason'],
    ['a reason as long as a letter', { reason: 'x'.repeat(501) }, '/reason'],
    ['an action that is none', { action: 'delete' }, '/action'],
    ['no version', { version: undefined }, '/version'],
    ['an actor of the caller’s choice', { actor: 'the boss' }, ''],
    ['force with another action', { force: true }, '/force'],
  ])('%s: 422', async (_what, wrong, pointer) => {
    const id = await running.admit({});
    await running.track(id);
    const { version } = await caseOf(id);
    const body = { action: 'redrive', reason: 'r', version, ...wrong };
    const problem = await api.refused('actOnPatient', { ...parametersOf(id), body });
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer }] });
    expect((await caseOf(id)).version).toBe(version);
  });

  it.each(['', 'short', 'with spaces', 'x'.repeat(101), 'ünïcode1'])('a key that is none, %j: 400', async (key) => {
    const id = await held();
    expect(await refused(id, { action: 'release' }, key && encodeURI(key).slice(0, 120))).toMatchObject({
      status: 400,
    });
  });
});

describe('an impatient finger', () => {
  it('gets one answer for ten clicks, and one execution starts', async () => {
    const id = await held();
    const [body, key] = [await order(id, { action: 'release' }), randomUUID()];
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.ask('actOnPatient', { ...body, key })));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await settled();
    expect(await api.ask('actOnPatient', { ...body, key })).toEqual(answers[0]);
    const { executions, decisions } = await caseOf(id);
    expect([executions.length, decisions.length]).toEqual([2, 1]);
  });

  it('a key that had another request is refused: 422', async () => {
    const [one, other] = [await held(), await held()];
    const key = randomUUID();
    await act(one, { action: 'release' }, key);
    expect(await refused(other, { action: 'release' }, key)).toMatchObject({ name: 'other-body', status: 422 });
    expect(await caseOf(other)).toMatchObject({ outcome: 'HELD', decisions: [] });
  });

  it('a sweep by ten clicks is one sweep', async () => {
    const [body, key] = [{ dryRun: false, reason: 'now' }, randomUUID()];
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.ask('startSweep', { body, key })));
    expect(new Set(answers.map(({ execution }) => execution)).size).toBe(1);
    await settled();
    const { items } = await api.ask('listSweeps');
    expect(items.filter(({ execution }) => execution === answers[0]?.execution)).toMatchObject([{ status: 'ENDED' }]);
  });
});

describe('two people at once', () => {
  it('one of ten decides, the others are told that the case changed', async () => {
    const id = await held();
    const body = await order(id, { action: 'release' });
    const decide = () =>
      api.ask('actOnPatient', body).then(
        ({ decision }) => decision,
        (error: Error) => /case-changed|IN_PROGRESS/.exec(error.message)?.[0],
      );
    const said = await Promise.all(Array.from({ length: 10 }, decide));
    expect(said.filter((each) => each === 'STARTED')).toHaveLength(1);
    expect(said.filter((each) => each === 'case-changed' || each === 'IN_PROGRESS')).toHaveLength(9);
    await settled();
    expect((await caseOf(id)).executions).toHaveLength(2);
  });

  it('ten that look at a case start one execution', async () => {
    const id = await running.admit({ pins: [{ age: 3 * DAY }] });
    await running.take(id);
    const body = await order(id, { action: 'redrive' });
    const look = () =>
      api.ask('actOnPatient', body).then(
        ({ decision }) => decision,
        (error: Error) => /case-changed/.exec(error.message)?.[0],
      );
    const said = await Promise.all(Array.from({ length: 10 }, look));
    expect(said.filter((each) => each === 'STARTED')).toHaveLength(1);
    expect(said.every((each) => each === 'STARTED' || each === 'case-changed')).toBe(true);
    await settled();
    expect((await caseOf(id)).executions).toHaveLength(2);
  });
});

/** Every operation on a running platform, after a practice was taken through the workflow: what it answers is so. */
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../../functions/admin/contract.ts';
import type { Account } from '../../../../functions/domain/case/account.ts';
import { executionName } from '../../../../functions/domain/identity.ts';
import { demoPractice } from '../../../../local/demo/practice.ts';
import { type Api, apiAt } from '../../../support/admin/running-api.ts';
import { type RunningPlatform, runPlatform } from '../../../system/scenarios/running-platform.ts';

let running: RunningPlatform;
let api: Api;
const practice = demoPractice(Date.now());
const patientIds = Object.keys(practice.expected);
let failed: string;
/** How each case stood when all had ended, what the mailbox told of the mails included. */
const stood = new Map<string, Account>();
const expectedOf = (patientId: string) => {
  const { outcome = null, reason = null } = stood.get(patientId) ?? {};
  return { outcome, reason };
};

beforeAll(async () => {
  running = await runPlatform();
  await running.platform.ehr.load(practice.bundles);
  await pMap(patientIds, (id) => running.take(id), { concurrency: 8 });
  // What SES tells of their mails starts executions that send mails, too: none of those is the next one to fail.
  await running.platform.settled();
  failed = await running.admit({});
  running.platform.mailbox.fail({ kind: 'drop', when: 'after' });
  await running.take(failed);
  running.platform.mailbox.heal();
  await running.platform.settled();
  for (const id of [...patientIds, failed]) stood.set(id, await running.account(id));
  api = apiAt(running.platform.endpoints.api);
}, 120_000);
afterAll(() => running.close());

describe('what needs a person', () => {
  it('lists the waiting cases and the patient not notified', async () => {
    const items = await api.all('readWorkList', { query: { limit: 3 } });
    const waiting = patientIds.filter((id) => ['HELD', 'EMAIL_MISSING'].includes(expectedOf(id).outcome ?? ''));
    expect(waiting.length).toBeGreaterThan(8);
    expect(items.map(({ patientId }) => patientId).toSorted()).toEqual([...waiting, failed].toSorted());
    for (const patientId of waiting) {
      const item = items.find((each) => each.patientId === patientId);
      expect(item).toMatchObject({ ...expectedOf(patientId), isAtWork: false });
    }
    expect(items.map(({ since }) => since)).toEqual(items.map(({ since }) => since).toSorted());
    for (const item of items.filter(({ outcome }) => outcome !== 'FAILED')) expect(item.staffTasks).toHaveLength(1);
  });

  it('says what is to be done, and what fits', async () => {
    const items = await api.all('readWorkList');
    const todos = new Map(items.map(({ reason, todo }) => [reason, todo]));
    expect(Object.fromEntries(todos)).toEqual({
      NONE: 'enter-email',
      INVALID: 'enter-email',
      SUPPRESSED: 'enter-email',
      RESPONSIBLE_PROVIDER_UNRESOLVED: 'resolve-provider',
      CHART_UNCLEAR: 'review-chart',
      CYCLE_LIMIT: 'decide',
      NotificationFateUnknownError: 'notify-patient',
    });
    const actionsOf = (wanted: string) => items.find(({ todo }) => todo === wanted)?.actions;
    expect(actionsOf('decide')).toEqual(['regenerate', 'redrive', 'release']);
    expect(actionsOf('notify-patient')).toEqual(['regenerate', 'redrive', 'resend', 'acknowledge']);
    expect(actionsOf('enter-email')).toEqual(['regenerate', 'redrive']);
  });

  it('is filtered by outcome, reason, todo and day', async () => {
    const items = await api.all('readWorkList');
    const { today } = await api.ask('readOverview');
    const filtered = (query: Record<string, string>) => api.all('readWorkList', { query: { ...query, limit: 2 } });
    expect(await filtered({ outcome: 'HELD' })).toEqual(items.filter(({ outcome }) => outcome === 'HELD'));
    expect(await filtered({ reason: 'CYCLE_LIMIT' })).toEqual(items.filter(({ reason }) => reason === 'CYCLE_LIMIT'));
    expect(await filtered({ todo: 'enter-email' })).toEqual(items.filter(({ todo }) => todo === 'enter-email'));
    expect(await filtered({ day: today })).toEqual(items);
    expect(await filtered({ day: '2020-01-01' })).toEqual([]);
    const [somewhere = ''] = items.flatMap(({ location }) => location ?? []);
    expect(await filtered({ location: somewhere })).toEqual(items.filter(({ location }) => location === somewhere));
    expect(await filtered({ location: 'nowhere' })).toEqual([]);
    expect(await filtered({ outcome: 'HELD', reason: 'NONE' })).toEqual([]);
  });

  it('is counted by what is to be done', async () => {
    const items = await api.all('readWorkList');
    const overview = await api.ask('readOverview');
    for (const { todo, count, isComplete, oldestSince } of overview.work) {
      const mine = items.filter((item) => item.todo === todo);
      expect({ todo, count, isComplete, oldestSince }).toEqual({
        ...{ todo, count: mine.length, isComplete: true },
        oldestSince: mine.map(({ since }) => since).toSorted()[0],
      });
    }
    expect(overview.work.reduce((sum, { count }) => sum + count, 0)).toBe(items.length);
    expect(overview).toMatchObject({ paused: null, running: { count: 0, isComplete: true }, lastSweep: null });
  });
});

describe('patients', () => {
  it('are listed by next check, each with a PIN expiring within thirty days', async () => {
    const rows = await api.all('listPatients', { query: { limit: 4 } });
    const alive = patientIds.filter((id) => {
      const { outcome, reason } = expectedOf(id);
      return outcome === 'REGENERATED' || reason === 'NOT_EXPIRED';
    });
    const ids = rows.map(({ patientId }) => patientId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of alive) expect(ids).toContain(id);
    const days = rows.map(({ nextCheckDay }) => nextCheckDay ?? '');
    expect(days).toEqual(days.toSorted());
  });

  it('each says why it stands so, what was tried and what may be done', async () => {
    for (const patientId of patientIds) {
      const expected = expectedOf(patientId);
      const attempt = stood.get(patientId)?.attempt ?? 0;
      const patient = await api.ask('readPatient', { parameters: { patientId } });
      expect(patient).toMatchObject({ ...expected, patientId, failures: 0, isAtWork: false, decisions: [] });
      expect(patient.explain.length).toBeGreaterThan(4);
      expect(patient.executions.map((each) => each.attempt)).toEqual(attempt === 1 ? [1] : [2, 1]);
      expect(patient.endedBy).toBe(executionName(patientId, attempt));
      if (expected.outcome === 'REGENERATED') {
        expect(patient).toMatchObject({
          pin: { state: 'ALIVE' },
          message: { state: 'ACCEPTED', isFiled: true },
          todo: null,
        });
      }
      if (expected.reason === 'NEVER_ISSUED') {
        expect(patient.pin).toEqual({ state: 'NONE', issuedAt: null, expiresAt: null });
      }
    }
  });

  it('an unknown patient is not found', async () => {
    expect(await api.refused('readPatient', { parameters: { patientId: 'unknown-1' } })).toMatchObject({
      name: 'patient-unknown',
    });
  });
});

describe('executions', () => {
  it('are listed newest first, by status, by outcome', async () => {
    const rows = await api.all('listExecutions', { query: { limit: 7 } });
    expect(rows).toHaveLength([...stood.values()].reduce((sum, { attempt }) => sum + attempt, 0));
    expect(rows.map(({ startedAt }) => startedAt)).toEqual(
      rows
        .map(({ startedAt }) => startedAt)
        .toSorted()
        .reverse(),
    );
    const ofFailed = await api.all('listExecutions', { query: { status: 'FAILED' } });
    expect(ofFailed.map(({ name }) => name)).toEqual([executionName(failed, 1)]);
    const held = await api.all('listExecutions', { query: { outcome: 'HELD' } });
    const expected = patientIds.filter((id) => expectedOf(id).outcome === 'HELD');
    expect(held.map(({ name }) => name).toSorted()).toEqual(expected.map((id) => executionName(id, 1)).toSorted());
    expect(held.every(({ status, outcome }) => status === 'SUCCEEDED' && outcome === 'HELD')).toBe(true);
    const open = await api.all('listExecutions', { query: { outcome: 'FAILED' } });
    expect(open).toMatchObject([{ patientId: failed, status: 'FAILED', reason: 'NotificationFateUnknownError' }]);
  });

  it.each([
    { outcome: 'HELD', status: 'FAILED' },
    { outcome: 'HELD', machine: 'sweep-expiring-pins' },
  ])('an impossible filter is refused: %j', async (query) =>
    expect(await api.refused('listExecutions', { query })).toMatchObject({ name: 'wrong-query' }),
  );

  it('one says how it ended', async () => {
    const [patientId = ''] = patientIds;
    const name = executionName(patientId, 1);
    const expected = practice.expected[patientId];
    expect(await api.ask('readExecution', { parameters: { name } })).toMatchObject({
      ...{ name, machine: 'regenerate-pin', status: 'SUCCEEDED', patientId, ...expected },
      ...{ input: { patientId, attempt: 1, force: null }, output: expected },
    });
    expect(await api.ask('readExecution', { parameters: { name: executionName(failed, 1) } })).toMatchObject({
      ...{ status: 'FAILED', outcome: 'FAILED', reason: 'NotificationFateUnknownError', output: null },
      error: 'NotificationFateUnknownError',
    });
  });

  it('its history has every state with its attempts, and the definition every state of the history', async () => {
    const name = executionName(failed, 1);
    const events = await api.all('readHistory', { parameters: { name } });
    expect(events[0]).toMatchObject({ type: 'ExecutionStarted', input: { patientId: failed } });
    expect(events.find(({ type }) => type === 'TaskFailed')).toMatchObject({
      ...{ state: 'SendEnrollmentNotification', attempt: 1, error: 'NotificationFateUnknownError' },
    });
    const { definition } = await api.ask('readStateMachine', {
      parameters: { machine: 'regenerate-pin' },
      query: { execution: name },
    });
    const states = Object.keys(definition.States ?? {});
    for (const { state } of events) if (state !== null) expect(states).toContain(state);
  });

  it('what is not there is not found', async () => {
    const name = { name: 'unknown-1' };
    expect((await api.refused('readExecution', { parameters: name })).name).toBe('execution-unknown');
    expect((await api.refused('readHistory', { parameters: name })).name).toBe('execution-unknown');
    const machine = { parameters: { machine: 'regenerate-pin' }, query: { execution: 'unknown-1' } };
    expect((await api.refused('readStateMachine', machine)).name).toBe('execution-unknown');
    const sweepOfOther = { parameters: name, query: { machine: 'sweep-expiring-pins' } };
    expect((await api.refused('readExecution', sweepOfOther)).name).toBe('execution-unknown');
  });
});

describe('sweeps', () => {
  it('a dry run is started, runs, ends and is reported', async () => {
    const { day, execution, dryRun } = await api.ask('startSweep', {
      body: { dryRun: true, reason: 'before the holidays' },
    });
    expect(dryRun).toBe(true);
    await running.platform.stepFunctions.settled();
    const report = await api.ask('readSweep', { parameters: { day, execution } });
    expect(report).toMatchObject({
      day,
      execution,
      dryRun: true,
      status: 'ENDED',
      stoppedBy: null,
      outcomes: {},
      conversion: {},
    });
    const { items, from, to } = await api.ask('listSweeps', { query: { day, days: 3 } });
    const { outcomes: _outcomes, conversion: _conversion, ...run } = report;
    expect({ items, to }).toEqual({ items: [run], to: day });
    expect(from < to).toBe(true);
    expect((await api.ask('readOverview')).lastSweep).toEqual(run);
    expect((await api.ask('listSweeps', { query: { day: '2020-02-29' } })).items).toEqual([]);
    const [decision] = (await api.ask('listDecisions')).items;
    expect(decision).toMatchObject({ action: 'dry-run', actor: 'local', reason: 'before the holidays', execution });
  });

  it('what never ran is not found', async () => {
    const parameters = { day: '2020-02-29', execution: 'unknown-1' };
    expect((await api.refused('readSweep', { parameters })).name).toBe('sweep-unknown');
  });
});

describe('the practice', () => {
  it('shows every setting with what it does', async () => {
    const { settings } = await api.ask('readPractice');
    expect(settings.find(({ key }) => key === 'recheckDays')).toEqual({
      ...{ key: 'recheckDays', value: 7 },
      explanation: expect.stringContaining('looked at again'),
    });
    for (const { explanation, value } of settings) {
      expect(explanation).toMatch(/^[A-Z].*\.$/s);
      expect(value).not.toBeNull();
    }
  });

  it('is paused and resumed by an operator, with a reason', async () => {
    const { paused } = await api.ask('pause', { body: { reason: '  <b>EHR</b> is being upgraded ' } });
    expect(paused).toMatchObject({ actor: 'local', reason: '<b>EHR</b> is being upgraded' });
    expect((await api.ask('readOverview')).paused).toEqual(paused);
    expect((await api.refused('startSweep', { body: { dryRun: false, reason: 'now' } })).name).toBe('starts-paused');
    expect(await api.ask('resume', { body: { reason: 'done' } })).toEqual({ paused: null });
    expect((await api.ask('readOverview')).paused).toBeNull();
    const decisions = await api.all('listDecisions', { query: { limit: 1 } });
    expect(decisions.map(({ action, reason }) => [action, reason])).toEqual(
      expect.arrayContaining([
        ['pause', '<b>EHR</b> is being upgraded'],
        ['resume', 'done'],
      ]),
    );
  });

  it('names the caller', async () => {
    expect(await api.ask('readMe')).toEqual({ name: 'local', groups: ['operator'], canAct: true });
  });
});

it('every operation but the actions on patients was asked here', () => {
  expect([...api.asked].toSorted()).toEqual(
    Object.keys(OPERATIONS)
      .filter((name) => name !== 'actOnPatient')
      .toSorted(),
  );
});

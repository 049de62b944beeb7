import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  EMAIL_MISSING_REASONS,
  HELD_REASONS,
  NOT_NEEDED_REASONS,
  type Outcome,
  type Reason,
} from '../../../functions/domain/outcomes.ts';
import { demoPractice } from '../../../local/demo/practice.ts';
import { executionsSeen, namesByStatus, type SeenExecution } from './aws-protocol.ts';
import { type Ended, type RunningPlatform, runPlatform } from './running-platform.ts';
import { dataOf, STATE_DATA_BYTES } from './state-data.ts';

interface Way {
  outcome: Outcome;
  reason: Reason | null;
}

const ALL: Way[] = [
  { outcome: 'REGENERATED', reason: null },
  ...NOT_NEEDED_REASONS.map((reason): Way => ({ outcome: 'NOT_NEEDED', reason })),
  ...EMAIL_MISSING_REASONS.map((reason): Way => ({ outcome: 'EMAIL_MISSING', reason })),
  ...HELD_REASONS.map((reason): Way => ({ outcome: 'HELD', reason })),
];
/** These come of executions; every other outcome comes of a chart, and the demo practice has one. */
const OF_EXECUTIONS: readonly (string | null)[] = ['IN_PROGRESS', 'ATTEMPTS_EXHAUSTED'];
const OF_CHARTS = ALL.filter(({ reason }) => !OF_EXECUTIONS.includes(reason));

let running: RunningPlatform;
const practice = demoPractice(Date.now());
/** Executions by `OUTCOME/REASON` that the chart makes one expect. */
const byExpected = new Map<string, { patientId: string; ended: Ended }[]>();
const key = ({ outcome, reason }: { outcome: string; reason: string | null }) => `${outcome}/${reason}`;

beforeAll(async () => {
  running = await runPlatform();
  // What SES tells of the mails to its simulator would move those cases on.
  running.platform.emailEvents.hold();
  await running.platform.ehr.load(practice.bundles);
  const cases = Object.entries(practice.expected);
  const takeThrough = async ([patientId, expected]: (typeof cases)[number]) => {
    const ended = await running.take(patientId);
    byExpected.set(key(expected), [...(byExpected.get(key(expected)) ?? []), { patientId, ended }]);
  };
  await pMap(cases, takeThrough, { concurrency: 8 });
});
afterAll(() => running.close());

function outputOf({ execution }: Ended): unknown {
  return JSON.parse(execution.output ?? 'null');
}

describe('a chart alone leads to', () => {
  it.each(OF_CHARTS)('$outcome $reason', async (way) => {
    const cases = byExpected.get(key(way)) ?? [];
    expect(cases.length).toBeGreaterThan(0);
    for (const { patientId, ended } of cases) {
      expect({ patientId, status: ended.execution.status, output: outputOf(ended) }).toEqual({
        patientId,
        status: 'SUCCEEDED',
        output: way,
      });
      const { outcome, reason, endedBy, lease, failures } = await running.account(patientId);
      expect({ outcome, reason, lease, failures }).toEqual({ ...way, lease: null, failures: 0 });
      expect(endedBy).toBe(ended.execution.name);
    }
  });

  it('nothing else', () => {
    expect([...byExpected.keys()].sort()).toEqual(OF_CHARTS.map(key).sort());
  });

  it('state data under 1 KB at every state, for every patient', () => {
    const all = [...byExpected.values()].flat().flatMap(({ ended }) => ended.history.flatMap(dataOf));
    expect(all.length).toBeGreaterThan(500);
    expect(all.filter(({ text }) => Buffer.byteLength(text) >= STATE_DATA_BYTES)).toEqual([]);
  });
});

describe('executions lead to', () => {
  it('NOT_NEEDED IN_PROGRESS: two at once, the first one goes on undisturbed', async () => {
    const patientId = await running.admit({});
    const signing = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const stop = running.platform.ehr.onRequest(async ({ phase, request }) => {
      if (phase !== 'before' || request.method !== 'PUT' || request.route !== 'Encounter/:id') return;
      signing.resolve();
      await go.promise;
    });
    const first = running.take(patientId);
    await signing.promise;
    const { executionArn } = await running.sfn.send(
      new StartExecutionCommand({
        stateMachineArn: running.platform.endpoints.stateMachines['regenerate-pin'],
        name: 'by-hand-beside-it',
        input: JSON.stringify({ patientId, attempt: 2, force: null }),
      }),
    );
    const second = await running.ended(executionArn ?? '');
    go.resolve();
    stop();
    expect(second.path).toEqual(['VerifyEmail', 'CheckExpiry', 'InProgress']);
    expect(outputOf(second)).toEqual({ outcome: 'NOT_NEEDED', reason: 'IN_PROGRESS' });
    expect(outputOf(await first)).toEqual({ outcome: 'REGENERATED', reason: null });
  });

  it('HELD ATTEMPTS_EXHAUSTED: after five failures in a row (policy) a person is asked', async () => {
    const patientId = await running.admit({});
    const isOpening = ({ body }: { body: unknown }) => JSON.stringify(body ?? '').includes('"preliminary"');
    running.platform.ehr.fail({ route: '', matching: isOpening, times: 5, fault: { kind: 'status', status: 422 } });
    for (let failures = 1; failures <= 5; failures++) {
      const { execution } = await running.take(patientId);
      expect(execution).toMatchObject({ status: 'FAILED', error: 'EhrRejectedError' });
      expect(await running.account(patientId)).toMatchObject({ failures, outcome: 'FAILED', lease: null });
    }
    const sixth = await running.take(patientId);
    expect(outputOf(sixth)).toEqual({ outcome: 'HELD', reason: 'ATTEMPTS_EXHAUSTED' });
    const tasks = await running.fhir(`Task?patient=Patient/${patientId}&status=requested`);
    expect(tasks).toMatchObject([{ reasonCode: { text: 'ATTEMPTS_EXHAUSTED' } }]);
  });
});

describe('an unmodified SDK client', () => {
  const arn = () => running.platform.endpoints.stateMachines['regenerate-pin'] ?? '';
  let seen: SeenExecution[];
  beforeAll(async () => {
    seen = await executionsSeen(running.sfn, arn());
  });

  it('lists every execution that the records name, each once', async () => {
    const listed = seen.map(({ listed: { name } }) => name);
    expect(new Set(listed).size).toBe(listed.length);
    const accounts = (await running.items()).filter(({ sk }) => sk === 'ACCOUNT');
    expect(accounts.length).toBeGreaterThan(49);
    expect(listed).toEqual(expect.arrayContaining(accounts.map(({ execution }) => execution)));
  });

  it('lists by status', async () => {
    for (const status of ['SUCCEEDED', 'FAILED'] as const) {
      const expected = seen
        .filter(({ described }) => described.status === status)
        .map(({ described }) => described.name);
      expect(expected.length).toBeGreaterThan(0);
      expect(await namesByStatus(running.sfn, arn(), status)).toEqual(expected);
    }
  });

  it('describes each one with name, input and output', () => {
    for (const { listed, described } of seen) {
      expect(listed).toEqual({ name: described.name, status: described.status });
      const { patientId, attempt, force, ...more } = JSON.parse(described.input ?? '');
      expect({ force, more }).toEqual({ force: null, more: {} });
      expect(patientId).toMatch(/^demo-\d{3}$/);
      if (described.name !== 'by-hand-beside-it')
        expect(described.name).toMatch(new RegExp(`^[0-9a-f]{40}-${attempt}$`));
      if (described.status === 'SUCCEEDED') expect(JSON.parse(described.output ?? '')).toHaveProperty('outcome');
      else expect([described.output, described.error]).toEqual([undefined, 'EhrRejectedError']);
    }
  });

  it('reads a history of states with their inputs and outputs, from the start to the end', () => {
    for (const { described, history } of seen) {
      expect(history.map(({ id }) => id)).toEqual(history.map((_, index) => index + 1));
      expect(history[0]?.executionStartedEventDetails?.input).toBe(described.input);
      const last = history.at(-1);
      expect(last?.executionSucceededEventDetails?.output).toBe(described.output);
      expect(last?.executionFailedEventDetails?.error).toBe(described.error);
      const entered = history.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails ?? []);
      const exited = history.flatMap(({ stateExitedEventDetails }) => stateExitedEventDetails ?? []);
      for (const { input } of entered) expect(JSON.parse(input ?? '')).toHaveProperty('patientId');
      for (const { output } of exited) expect(Object.keys(JSON.parse(output ?? ''))).not.toEqual([]);
      // A Fail state is entered and never left.
      const left = exited.map(({ name }) => name);
      const isFailed = described.status === 'FAILED';
      expect([...left, ...(isFailed ? ['RegenerationFailed'] : [])]).toEqual(entered.map(({ name }) => name));
    }
  });
});

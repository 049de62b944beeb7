import { DescribeExecutionCommand, type ExecutionStatus, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../../cli/connection.ts';
import { sweep } from '../../../cli/sweeps.ts';
import { beginRun, endRun, type SweepRun } from '../../../functions/domain/batch/sweep.ts';
import type { PracticeDecision } from '../../../functions/ports/batch/practice-records.ts';

const sfn = mockClient(SFNClient);
let decided: PracticeDecision[] = [];
beforeEach(() => {
  sfn.reset();
  decided = [];
});

/** A sweep with the given execution and record at each poll; the last ones stay. */
function sweeping(looks: { status: ExecutionStatus; run: SweepRun | null }[]) {
  let look = looks[0];
  sfn.on(DescribeExecutionCommand).callsFake(() => {
    look = looks.length > 1 ? looks.shift() : looks[0];
    return { status: look?.status };
  });
  const connection = {
    sweepArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:portal-pin-sweep-expiring-pins',
    ports: {
      clock: { now: () => Date.parse('2026-11-24T12:00:00Z') },
      practice: { timeZone: 'America/New_York' },
      sweeps: { read: async () => look?.run ?? null, listStarts: async () => [] },
      sweepExecutions: { start: async () => 'arn', describe: async () => null },
      pauseSwitch: { read: async () => null },
      decisions: {
        put: async (decision: PracticeDecision) => void decided.push(decision),
        list: async () => ({ decisions: [], next: null }),
      },
    },
  };
  const by = { actor: 'ann', reason: 'before the holidays' };
  return sweep(connection as unknown as Connection, { dryRun: true, isQuiet: true, ...by });
}

const begun = beginRun('2026-11-24', 'by-hand', true, '2026-11-24T12:00:00Z');
const ended = endRun(begun, '2026-11-24T12:01:00Z', null);

describe('a sweep that is followed', () => {
  it('is told when its record says that it ended', async () => {
    const answer = await sweeping([
      { status: 'RUNNING', run: null },
      { status: 'RUNNING', run: begun },
      { status: 'RUNNING', run: ended },
    ]);
    expect(answer.json).toMatchObject({ day: '2026-11-24', dryRun: true });
    expect(decided).toMatchObject([
      { action: 'dry-run', actor: 'ann', reason: 'before the holidays', execution: 'dry-run-2026-11-24-1' },
    ]);
  });
  it('may have closed just before its record is read', async () => {
    expect((await sweeping([{ status: 'SUCCEEDED', run: ended }])).json).toMatchObject({ dryRun: true });
  });
  it.each<[string, SweepRun | null]>([
    ['before its record', null],
    ['in the middle', begun],
  ])('does not wait for ever for one that failed %s', async (_when, run) => {
    const { isFailure, lines = [] } = await sweeping([{ status: 'FAILED', run }]);
    expect(isFailure).toBe(true);
    expect(lines.join('\n')).toMatch(/broke off \(FAILED\): "portal-pin history \S+" says where/);
  });
});

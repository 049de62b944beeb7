import { describe, expect, it } from 'vitest';
import { beginRun } from '../../../../../functions/domain/batch/sweep.ts';
import { type Account, newAccount } from '../../../../../functions/domain/case/account.ts';
import type { ExecutionStatus } from '../../../../../functions/domain/case/executions.ts';
import { RecordUnreadableError } from '../../../../../functions/domain/errors.ts';
import type { SweptStart } from '../../../../../functions/ports/batch/sweep-records.ts';
import { sweepReport } from '../../../../../functions/usecases/staff/sweep-report.ts';

const DAY = '2026-06-15';
/** Version of a case with an item that does not fit its schema. */
const UNREADABLE = 'unreadable';
const RUN = beginRun(DAY, 'sweep-1', false, '2026-06-15T09:00:00Z');

/** A sweep that started one execution for each account, of the name given; `closed`: what Step Functions lists, newest first. */
async function report(
  started: readonly (readonly [string, Partial<Account>])[],
  closed: readonly (readonly [string, ExecutionStatus, string])[] = [],
) {
  const accounts = new Map(started.map(([, account], n) => [`p${n}`, { ...newAccount(`p${n}`), ...account }]));
  const starts: SweptStart[] = started.map(([execution], n) => ({ patientId: `p${n}`, execution }));
  const asked: string[] = [];
  const answer = await sweepReport(
    {
      cases: {
        read: async (id: string) => {
          const account = accounts.get(id) ?? null;
          if (account?.version === UNREADABLE) throw new RecordUnreadableError(`PATIENT#${id} ACCOUNT`);
          return account;
        },
      },
      sweeps: {
        read: async (_day: string, execution: string) => (execution === RUN.execution ? RUN : null),
        listStarts: async () => starts,
      },
      reader: {
        // Two a page.
        list: async (machine, status, after) => {
          asked.push(`${machine} ${status} ${after}`);
          const all = closed.filter((each) => each[1] === status);
          const from = Number(after ?? 0);
          const page = all.slice(from, from + 2);
          const executions = page.map(([name, , startedAt]) => ({
            name,
            status: status ?? 'FAILED',
            startedAt,
            stoppedAt: null,
          }));
          return { executions, next: from + 2 < all.length ? String(from + 2) : null };
        },
      },
    },
    DAY,
    RUN.execution,
  );
  return { outcomes: answer?.outcomes, asked };
}

const at = (second: number) => `2026-06-15T09:00:0${second}.500Z`;

describe('the report of a sweep', () => {
  it('counts how the cases ended, and asks Step Functions nothing when all have', async () => {
    const ended = (n: number, outcome: Account['outcome'], reason: string | null) =>
      [`e${n}`, { execution: `e${n}`, endedBy: `e${n}`, outcome, reason }] as const;
    const { outcomes, asked } = await report([
      ended(1, 'REGENERATED', null),
      ended(2, 'REGENERATED', null),
      ended(3, 'HELD', 'CYCLE_LIMIT'),
      ended(4, 'FAILED', 'EmailRejectedError'),
      ['e5', { execution: 'e6', endedBy: 'e6', outcome: 'REGENERATED' }],
    ]);
    expect(outcomes).toEqual({ REGENERATED: 2, 'HELD/CYCLE_LIMIT': 1, 'FAILED/EmailRejectedError': 1, LATER: 1 });
    expect(asked).toEqual([]);
  });

  it('tells an execution that runs from one that closed without ending its case', async () => {
    const { outcomes } = await report(
      [
        ['e1', { execution: 'e1' }],
        ['e2', { execution: 'e2', endedBy: 'e1', outcome: 'REGENERATED' }],
        ['e3', { execution: 'e3' }],
      ],
      [
        ['e9', 'FAILED', at(3)],
        ['e2', 'FAILED', at(2)],
        ['e3', 'TIMED_OUT', at(1)],
      ],
    );
    expect(outcomes).toEqual({ RUNNING: 1, 'FAILED/FAILED': 1, 'FAILED/TIMED_OUT': 1 });
  });

  it('reads no further than to those that were started before it', async () => {
    const old = '2026-06-15T08:59:59.999Z';
    const { outcomes, asked } = await report(
      [['e1', { execution: 'e1' }]],
      [
        ['e8', 'FAILED', at(3)],
        ['e9', 'FAILED', at(2)],
        ['e1', 'FAILED', at(0)],
        ['e0', 'FAILED', old],
        ['e00', 'FAILED', old],
      ],
    );
    expect(outcomes).toEqual({ 'FAILED/FAILED': 1 });
    expect(asked.filter((each) => each.includes(' FAILED '))).toEqual([
      'regenerate-pin FAILED null',
      'regenerate-pin FAILED 2',
    ]);
  });

  it('is null where no such sweep ran', async () => {
    const ports = {
      cases: { read: async () => null },
      sweeps: { read: async () => null, listStarts: async () => [] },
      reader: { list: async () => ({ executions: [], next: null }) },
    };
    expect(await sweepReport(ports, DAY, 'another')).toBeNull();
  });
});

it('counts a case that cannot be read, and all others as they are', async () => {
  const ended = { execution: 'x-2', endedBy: 'x-2', outcome: 'REGENERATED' as const };
  const { outcomes } = await report([
    ['x-1', { version: UNREADABLE }],
    ['x-2', ended],
  ]);
  expect(outcomes).toEqual({ UNREADABLE: 1, REGENERATED: 1 });
});

import { describe, expect, it } from 'vitest';
import { type Account, newAccount } from '../../functions/domain/account.ts';
import { beginRun } from '../../functions/domain/sweep.ts';
import type { ExecutionStatus, PinRecords, SweepRecords, SweptStart } from '../../functions/ports.ts';
import { sweepReport } from '../../functions/usecases/sweep-report.ts';

const DAY = '2026-06-15';
const RUN = beginRun(DAY, 'sweep-1', false, '2026-06-15T09:00:00Z');

/** A sweep that started one execution for each account, of the name given. */
async function report(
  started: readonly (readonly [string, Partial<Account>])[],
  closed: Record<string, ExecutionStatus>,
) {
  const accounts = new Map(started.map(([, account], n) => [`p${n}`, { ...newAccount(`p${n}`), ...account }]));
  const starts: SweptStart[] = started.map(([execution], n) => ({ patientId: `p${n}`, execution }));
  const since: number[] = [];
  const answer = await sweepReport(
    {
      records: { read: async (id: string) => accounts.get(id) ?? null } as unknown as PinRecords,
      sweeps: {
        read: async (_day: string, execution: string) => (execution === RUN.execution ? RUN : null),
        listStarts: async () => starts,
      } as unknown as SweepRecords,
      unsuccessful: {
        startedSince: async (at) => {
          since.push(at);
          return new Map(Object.entries(closed)) as Awaited<
            ReturnType<Parameters<typeof sweepReport>[0]['unsuccessful']['startedSince']>
          >;
        },
      },
    },
    DAY,
    RUN.execution,
  );
  return { outcomes: answer?.outcomes, since };
}

describe('the report of a sweep', () => {
  it('counts how the cases ended, and asks Step Functions nothing when all have', async () => {
    const ended = (n: number, outcome: Account['outcome'], reason: string | null) =>
      [`e${n}`, { execution: `e${n}`, endedBy: `e${n}`, outcome, reason }] as const;
    const { outcomes, since } = await report(
      [
        ended(1, 'REGENERATED', null),
        ended(2, 'REGENERATED', null),
        ended(3, 'HELD', 'CYCLE_LIMIT'),
        ended(4, 'FAILED', 'EmailRejectedError'),
        ['e5', { execution: 'e6', endedBy: 'e6', outcome: 'REGENERATED' }],
      ],
      {},
    );
    expect(outcomes).toEqual({ REGENERATED: 2, 'HELD/CYCLE_LIMIT': 1, 'FAILED/EmailRejectedError': 1, LATER: 1 });
    expect(since).toEqual([]);
  });

  it('tells an execution that runs from one that closed without ending its case', async () => {
    const { outcomes, since } = await report(
      [
        ['e1', { execution: 'e1' }],
        ['e2', { execution: 'e2', endedBy: 'e1', outcome: 'REGENERATED' }],
        ['e3', { execution: 'e3' }],
      ],
      { e2: 'FAILED', e3: 'TIMED_OUT', e9: 'FAILED' },
    );
    expect(outcomes).toEqual({ RUNNING: 1, 'FAILED/FAILED': 1, 'FAILED/TIMED_OUT': 1 });
    expect(since).toEqual([Date.parse(RUN.startedAt)]);
  });

  it('is null where no such sweep ran', async () => {
    const ports = { sweeps: { read: async () => null } } as unknown as Parameters<typeof sweepReport>[0];
    expect(await sweepReport(ports, DAY, 'another')).toBeNull();
  });
});

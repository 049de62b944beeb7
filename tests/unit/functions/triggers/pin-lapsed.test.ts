import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { type Account, newAccount } from '../../../../functions/domain/case/account.ts';
import { pinsLapsed } from '../../../../functions/triggers/pin-lapsed.ts';

type Ports = Parameters<typeof pinsLapsed>[0];

function removal(sequence: number, image: Record<string, { S: string }> | undefined): DynamoDBRecord {
  return {
    eventName: 'REMOVE',
    dynamodb: { SequenceNumber: String(sequence), ...(image !== undefined && { OldImage: image }) },
  };
}

const pin = (id: string) => ({
  pk: { S: `PATIENT#${id}` },
  sk: { S: 'PIN' },
  document: { S: 'd1' },
  expiresAt: { S: '2026-06-01T00:00:00Z' },
});

function world() {
  const started: string[] = [];
  const waits: number[] = [];
  const ports: Ports = {
    staffRequests: { read: async () => null },
    pause: async (milliseconds: number) => void waits.push(milliseconds),
    cases: {
      read: async (id: string): Promise<Account> => ({
        ...newAccount(id),
        document: 'd1',
        expiresAt: '2026-06-01T00:00:00Z',
        outcome: 'REGENERATED',
        nextCheckDay: '2026-06-01',
      }),
      save: async (_previous: unknown, next: Account) => next,
    },
    executions: {
      start: async (_name: string, { patientId }: { patientId: string }) => {
        if (patientId === 'broken') throw new TypeError('Jane Doe');
        started.push(patientId);
        return 'arn';
      },
      describe: async () => null,
    },
    pauseSwitch: { read: async () => null, set: async () => undefined },
    sweeps: { takeAllowance: async () => 1, returnAllowance: async () => undefined },
    clock: { now: () => Date.parse('2026-06-15T12:00:00Z') },
    practice: { timeZone: 'America/New_York', reminderDays: [20, 27], sweep: { dailyLimit: 100, startsPerMinute: 60 } },
  };
  return { started, waits, ports };
}

/** The deadline has passed. */
const NO_TIME = () => 1e6;

describe('a batch of the table’s stream', () => {
  it('starts every lapsed PIN; unexpected records and failures are reported, the others go on', async () => {
    const { ports, started, waits } = world();
    const wrong = { ...pin('p2'), expiresAt: { S: 'never' } };
    const batch = [
      removal(1, pin('p1')),
      removal(2, undefined),
      removal(3, wrong),
      { ...removal(4, pin('p4')), eventName: 'MODIFY' as const },
      removal(5, pin('broken')),
      removal(6, { ...pin('p6'), sk: { S: 'ACCOUNT' } }),
      removal(7, pin('p7')),
    ];
    const failures = await pinsLapsed(ports, batch, () => 0);
    expect(started).toEqual(['p1', 'p7']);
    expect(Math.max(...waits)).toBe(1_000); // the rate is one a second
    expect(failures.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['2', '3', '4', '5', '6']);
  });

  it('leaves to the sweep what there is no time for', async () => {
    const { ports, started } = world();
    expect(await pinsLapsed(ports, [removal(1, pin('p1'))], NO_TIME)).toEqual({ batchItemFailures: [] });
    expect(started).toEqual([]);
  });
});

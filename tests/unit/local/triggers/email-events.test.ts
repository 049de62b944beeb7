import type { SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { BusEvent } from '../../../../local/ses/ses-events.ts';
import { createEmailEvents } from '../../../../local/triggers/email-events.ts';

const event = (n: number) => ({ id: `e${n}`, detail: { n } }) as unknown as BusEvent;
const numberOf = (body: string): number => JSON.parse(body).detail.n;

/** Events and the function that takes them; those of `failing` it never takes. */
function queue(failing: readonly number[] = []) {
  const batches: number[][] = [];
  const state = { busy: Promise.withResolvers<void>() };
  state.busy.resolve();
  const events = createEmailEvents(
    async ({ Records }: SQSEvent) => {
      batches.push(Records.map(({ body }) => numberOf(body)));
      const failed = Records.filter(({ body }) => failing.includes(numberOf(body)));
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    },
    () => state.busy.promise,
  );
  return { events, batches, state };
}

describe('what SES publishes', () => {
  it('is handed over in order, five at a time, by itself', async () => {
    const { events, batches } = queue();
    events.publish([1, 2, 3, 4, 5, 6, 7].map(event));
    expect(events.isPending()).toBe(true);
    await events.settled();
    expect(batches).toEqual([
      [1, 2, 3, 4, 5],
      [6, 7],
    ]);
    expect(events.isPending()).toBe(false);
  });

  it('waits until no execution runs', async () => {
    const { events, batches, state } = queue();
    state.busy = Promise.withResolvers();
    events.publish([event(1)]);
    await new Promise(setImmediate);
    expect(batches).toEqual([]);
    state.busy.resolve();
    await events.settled();
    expect(batches).toEqual([[1]]);
  });

  it('is handed over again where it was not taken, the others are not; then it is a dead letter', async () => {
    const { events, batches } = queue([2]);
    events.publish([1, 2, 3].map(event));
    await events.settled();
    expect(batches).toEqual([[1, 2, 3], [2], [2]]);
    expect(events.deadLetters.map(numberOf)).toEqual([2]);
  });

  it('is kept while it is held', async () => {
    const { events, batches } = queue();
    events.hold();
    events.publish([event(1)]);
    await events.settled();
    expect([batches, events.isPending()]).toEqual([[], false]);
    events.release();
    await events.settled();
    expect(batches).toEqual([[1]]);
  });

  it('may come while the last was handed over', async () => {
    const { events, batches } = queue();
    events.publish([event(1)]);
    events.publish([event(2)]);
    await events.settled();
    events.publish([event(3)]);
    await events.settled();
    expect(batches.flat()).toEqual([1, 2, 3]);
  });
});

/** What every implementation of the PickupRecords port must do. Each test works on patients and links of its own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANSWER_LIMIT, tombstoneEnd } from '../../functions/domain/pickup/pickup.ts';
import type { AnswersOf, PickupRecords, TakenAnswer } from '../../functions/ports/pickup/pickup-records.ts';

export interface PickupRecordsUnderTest {
  pickups: PickupRecords;
  /** As pickups, but the answer to the next write gets lost after it took effect, and the client repeats it. */
  withLostAnswer(): PickupRecords;
  /** The stored items. */
  items(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

const NOW = Date.parse('2026-06-15T12:00:00Z');
const MINUTE = 60_000;
const TTL = NOW / 1000 + 1_000;

export function describePickupRecords(name: string, make: () => Promise<PickupRecordsUnderTest>): void {
  describe(`PickupRecords: ${name}`, () => {
    let under: PickupRecordsUnderTest;
    let pickups: PickupRecords;
    let made = 0;
    const newOf = (): AnswersOf => ({ patientId: `p${++made}`, document: `d${made}` });
    beforeAll(async () => {
      under = await make();
      pickups = under.pickups;
    });
    afterAll(() => under.close());

    const take = (of: AnswersOf, now = NOW) => pickups.takeAnswer(of, now, TTL);
    async function taken(of: AnswersOf): Promise<TakenAnswer> {
      const answer = await take(of);
      if (answer === null) throw new Error('no answer is left');
      return answer;
    }
    async function takeAll(of: AnswersOf): Promise<TakenAnswer[]> {
      const all: TakenAnswer[] = [];
      for (let n = 0; n < ANSWER_LIMIT; n++) all.push(await taken(of));
      return all;
    }

    describe('links', () => {
      const token = () => ({ ...newOf(), hash: `h${made}`, expiresAt: '2026-07-15T12:00:00Z' });
      it('finds a link by its digest, and nothing by another', async () => {
        const known = token();
        await pickups.putToken(known);
        await pickups.putToken(known);
        expect(await pickups.readToken(known.hash)).toEqual(known);
        expect(await pickups.readToken(`${known.hash}x`)).toBeNull();
      });
      it('keeps it for 90 days after its PIN died', async () => {
        const known = token();
        await pickups.putToken(known);
        const item = (await under.items()).find((each) => String(each.pk).endsWith(`#${known.hash}`));
        expect(item?.ttl).toBe(tombstoneEnd(known.expiresAt));
      });
    });

    describe('answers', () => {
      it('are five for a document, the last of which says so', async () => {
        const of = newOf();
        expect((await takeAll(of)).map(({ isLast }) => isLast)).toEqual([false, false, false, false, true]);
        expect(await take(of)).toBeNull();
        expect(await take({ ...of, document: 'another' })).not.toBeNull();
      });
      it('are no more when many callers take them at once', async () => {
        const of = newOf();
        const all = await Promise.all(Array.from({ length: 40 }, () => take(of)));
        expect(all.filter((each) => each !== null)).toHaveLength(ANSWER_LIMIT);
      });
      it('come back one by one, and none that was never taken', async () => {
        const of = newOf();
        const [first, second] = await takeAll(of);
        if (!first || !second) throw new Error('five were taken');
        await pickups.returnAnswer(of, first);
        await pickups.returnAnswer(of, first);
        expect([await take(of), await take(of)]).toEqual([expect.anything(), null]);
        await pickups.returnAnswer(newOf(), second);
        expect(await take(of)).toBeNull();
      });
      it('are taken and given back once, also where the answer to that got lost', async () => {
        const of = newOf();
        const [first] = await takeAll(of);
        if (!first) throw new Error('five were taken');
        await under.withLostAnswer().returnAnswer(of, first);
        const again = await under.withLostAnswer().takeAnswer(of, NOW, TTL);
        expect(again).toMatchObject({ isLast: true });
        expect(await take(of)).toBeNull();
      });
      it('may be forgotten when they say', async () => {
        const of = newOf();
        await take(of);
        const item = (await under.items()).find((each) => each.pk === `PATIENT#${of.patientId}`);
        expect(item).toMatchObject({ sk: `PICKUP#${of.document}`, ttl: TTL });
      });
    });

    describe('a lock', () => {
      it('settles the right answer, and no further answer is taken', async () => {
        const of = newOf();
        await take(of);
        expect(await pickups.lock(of, NOW, true)).toBe(true);
        expect(await take(of)).toBeNull();
      });
      it('stays, whatever is given back', async () => {
        const of = newOf();
        const answer = await taken(of);
        await pickups.lock(of, NOW, true);
        await pickups.returnAnswer(of, answer);
        expect(await take(of)).toBeNull();
      });
      it('is one person’s turn to tell, for a minute, and then the next one’s', async () => {
        const of = newOf();
        await takeAll(of);
        const turns = await Promise.all(Array.from({ length: 10 }, () => pickups.lock(of, NOW, true)));
        expect(turns.filter((turn) => turn)).toHaveLength(1);
        expect(await pickups.lock(of, NOW + MINUTE - 1000, false)).toBe(false);
        expect(await pickups.lock(of, NOW + MINUTE, false)).toBe(true);
        expect(await pickups.lock(of, NOW + MINUTE, true)).toBe(false);
      });
      it('waits a minute for the last answer taken: it may be right', async () => {
        const of = newOf();
        const all = await takeAll(of);
        expect(await pickups.lock(of, NOW + MINUTE - 1000, false)).toBe(false);
        if (all[0]) await pickups.returnAnswer(of, all[0]);
        expect(await pickups.lock(of, NOW + 10 * MINUTE, false)).toBe(false);
        expect(await take(of)).not.toBeNull();
      });
      it('is found by the next caller when the last one died', async () => {
        const of = newOf();
        await takeAll(of);
        expect(await pickups.lock(of, NOW + MINUTE, false)).toBe(true);
      });
      it('is no lock where answers are left', async () => {
        const of = newOf();
        await take(of);
        expect(await pickups.lock(of, NOW + MINUTE, false)).toBe(false);
        expect(await pickups.lock(newOf(), NOW + MINUTE, false)).toBe(false);
      });
      it('is told once', async () => {
        const of = newOf();
        await pickups.lock(of, NOW, true);
        expect([await pickups.noteTold(of, NOW), await pickups.noteTold(of, NOW)]).toEqual([true, false]);
        expect(await pickups.lock(of, NOW + 10 * MINUTE, false)).toBe(false);
        expect(await pickups.lock(of, NOW + 10 * MINUTE, true)).toBe(false);
      });
      it('knows its own turn and its own telling where the answer to it got lost', async () => {
        const of = newOf();
        expect(await under.withLostAnswer().lock(of, NOW, true)).toBe(true);
        expect(await under.withLostAnswer().noteTold(of, NOW)).toBe(true);
      });
    });

    describe('tries of a source', () => {
      it('are counted by the hour', async () => {
        const source = `s${++made}`;
        const at = (now: number) => pickups.countTry(source, now);
        expect([await at(NOW), await at(NOW + 59 * MINUTE), await at(NOW + 60 * MINUTE)]).toEqual([1, 2, 1]);
        expect(await pickups.countTry(`s${++made}`, NOW)).toBe(1);
      });
      it('are all counted that come at once, and forgotten soon', async () => {
        const source = `s${++made}`;
        const counts = await Promise.all(Array.from({ length: 20 }, () => pickups.countTry(source, NOW)));
        expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
        const item = (await under.items()).find((each) => each.pk === `SOURCE#${source}`);
        expect(Number(item?.ttl) - NOW / 1000).toBeGreaterThanOrEqual(3600);
        expect(Number(item?.ttl) - NOW / 1000).toBeLessThanOrEqual(3 * 3600);
      });
    });
  });
}

/** Contract of the record ports of a case. Each test works on its own patients. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Account, newAccount } from '../../functions/domain/case/account.ts';
import { RecordConflictError } from '../../functions/domain/errors.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';
import type { TrackedPin } from '../../functions/ports/case/tracked-pins.ts';
import type { TableRecords } from '../support/worlds/table-records.ts';

export interface RecordsUnderTest {
  records: TableRecords;
  now(): number;
  /** As records, but the answer to the next save gets lost after it took effect, and the client repeats it. */
  withLostAnswer(): TableRecords;
  close(): Promise<void>;
}

/** How long a fingerprint stays reserved. */
const RESERVED_MS = 44 * 86_400_000;

export function describeCaseRecords(name: string, make: () => Promise<RecordsUnderTest>): void {
  describe(`case records: ${name}`, () => {
    let under: RecordsUnderTest;
    let cases: TableRecords['cases'];
    let dueCases: TableRecords['dueCases'];
    let pins: TableRecords['pins'];
    let reservations: TableRecords['reservations'];
    let staffRequests: TableRecords['staffRequests'];
    let sentMessages: TableRecords['sentMessages'];
    let patients = 0;
    const newPatient = () => `p${++patients}`;
    beforeAll(async () => {
      under = await make();
      ({ cases, dueCases, pins, reservations, staffRequests, sentMessages } = under.records);
    });
    afterAll(() => under.close());

    describe('read and save', () => {
      it('has no account before the first save', async () => {
        expect(await cases.read(newPatient())).toBeNull();
      });

      it('reads back exactly what was saved, null and empty lists too', async () => {
        const id = newPatient();
        const full: Account = {
          ...newAccount(id),
          document: 'd1',
          issuedAt: '2026-06-01T00:00:00Z',
          expiresAt: '2026-07-01T00:00:00Z',
          reminder: 20,
          unclaimedCycles: 2,
          attempt: 3,
          lease: { owner: 'x', until: '2026-06-01T01:00:00Z' },
          draft: {
            cycle: 'd0',
            document: 'd1',
            form: 'f1',
            encounter: 'e1',
            request: null,
            compared: { generalPractitioner: 'g', careTeam: 'c', author: 'a', draftOrders: ['rx1'] },
          },
          message: {
            kind: 'REMINDER',
            state: 'OWED',
            document: 'd1',
            sesId: 's1',
            filed: true,
            returns: 1,
            notBefore: '2026-06-02',
          },
          violations: ['ROUTED'],
          staffTasks: [{ code: 'enter-email', reason: 'NONE' }],
          rejectedAddresses: ['digest'],
          complainedAt: '2026-06-01T02:00:00Z',
          location: 'org-1',
          issuedBy: 2,
          pickedUpAt: '2026-06-01T01:00:00Z',
          registeredAt: '2026-06-01T03:00:00Z',
          portalEvent: { status: 'OPTED_OUT', at: '2026-06-02T00:00:00Z' },
          outcome: 'HELD',
          reason: 'CYCLE_LIMIT',
          nextCheckDay: '2026-06-08',
          unresolvedSince: '2026-06-01T00:00:00Z',
          withoutAccessSince: '2026-05-01T00:00:00Z',
        };
        const saved = await cases.save(null, full);
        expect(saved).toEqual({ ...full, version: saved.version });
        expect(await cases.read(id)).toEqual(saved);

        const emptied = await cases.save(saved, { ...newAccount(id), version: saved.version, attempt: 4 });
        expect(emptied).toEqual({ ...newAccount(id), attempt: 4, version: emptied.version });
        expect(await cases.read(id)).toEqual(emptied);
      });

      it('gives a new version with every save, also of the same', async () => {
        const first = await cases.save(null, newAccount(newPatient()));
        const second = await cases.save(first, first);
        expect(first.version).toBeTypeOf('string');
        expect(second.version).not.toBe(first.version);
      });

      it('throws RecordConflictError when another saved since, and keeps what the other saved', async () => {
        const id = newPatient();
        const first = await cases.save(null, newAccount(id));
        const winner = await cases.save(first, { ...first, attempt: 1 });
        await expect(cases.save(first, { ...first, attempt: 2 })).rejects.toThrow(RecordConflictError);
        expect(await cases.read(id)).toEqual(winner);
      });

      it('throws RecordConflictError when the account was to be the first and is not', async () => {
        const id = newPatient();
        await cases.save(null, newAccount(id));
        await expect(cases.save(null, newAccount(id))).rejects.toThrow(RecordConflictError);
      });

      it('throws RecordConflictError when the account that is to be replaced is not there', async () => {
        const id = newPatient();
        const never: Account = { ...newAccount(id), version: 'never' };
        await expect(cases.save(never, { ...never, attempt: 1 })).rejects.toThrow(RecordConflictError);
        expect(await cases.read(id)).toBeNull();
      });

      it('lets one of ten that save at once win', async () => {
        const id = newPatient();
        const first = await cases.save(null, newAccount(id));
        const saves = await Promise.allSettled(
          Array.from({ length: 10 }, (_, n) => cases.save(first, { ...first, attempt: n })),
        );
        const won = saves.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
        expect(won).toHaveLength(1);
        expect(await cases.read(id)).toEqual(won[0]);
      });

      it('recognises a save as its own when the answer got lost, and only then', async () => {
        const id = newPatient();
        const first = await cases.save(null, newAccount(id));
        const saved = await under.withLostAnswer().cases.save(first, { ...first, attempt: 1 });
        expect(saved.attempt).toBe(1);
        expect(await cases.read(id)).toEqual(saved);
        await expect(under.withLostAnswer().cases.save(first, { ...first, attempt: 2 })).rejects.toThrow(
          RecordConflictError,
        );
      });
    });

    describe('the PIN item', () => {
      const item = (patientId: string, document: string): TrackedPin => ({
        patientId,
        document,
        fingerprint: 'f',
        issuedAt: '2026-06-15T12:00:00Z',
        expiresAt: '2026-07-15T12:00:00Z',
        ttl: Date.parse('2026-07-15T12:00:00Z') / 1000,
      });
      it("is read back, replaces the patient's earlier one, and is deleted", async () => {
        const id = newPatient();
        expect(await pins.read(id)).toBeNull();
        await pins.put(item(id, 'd1'));
        await pins.put(item(id, 'd2'));
        expect(await pins.read(id)).toEqual(item(id, 'd2'));
        await pins.remove(id);
        await pins.remove(id);
        expect(await pins.read(id)).toBeNull();
      });
      it('lies beside the account, which it leaves alone', async () => {
        const id = newPatient();
        const saved = await cases.save(null, newAccount(id));
        await pins.put(item(id, 'd1'));
        await pins.remove(id);
        expect(await cases.read(id)).toEqual(saved);
      });
    });

    describe('reserveFingerprint', () => {
      it("is one owner's alone; the same owner may ask again", async () => {
        const mac = `mac-${newPatient()}`;
        expect(await reservations.reserve(mac, 'cycle-1', under.now())).toBe(true);
        expect(await reservations.reserve(mac, 'cycle-2', under.now())).toBe(false);
        expect(await reservations.reserve(mac, 'cycle-1', under.now())).toBe(true);
      });
      it('is free again after 44 days even if it was not deleted', async () => {
        const mac = `mac-${newPatient()}`;
        await reservations.reserve(mac, 'cycle-1', under.now());
        const later = under.now() + RESERVED_MS;
        expect(await reservations.reserve(mac, 'cycle-2', later - 1_000)).toBe(false);
        expect(await reservations.reserve(mac, 'cycle-2', later)).toBe(true);
        expect(await reservations.reserve(mac, 'cycle-1', later)).toBe(false);
      });
      it('lets one of ten that ask at once win', async () => {
        const mac = `mac-${newPatient()}`;
        const asked = Array.from({ length: 10 }, (_, n) => reservations.reserve(mac, `cycle-${n}`, under.now()));
        expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
      });
    });

    describe('messages and requests', () => {
      it('says which patient and document a mail was for', async () => {
        const patientId = newPatient();
        const message = { patientId, document: 'd1', sesId: `ses-${patientId}`, sentAt: toInstant(under.now()) };
        expect(await sentMessages.read(message.sesId)).toBeNull();
        await sentMessages.put(message);
        await sentMessages.put(message);
        expect(await sentMessages.read(message.sesId)).toEqual({ ...message, feedback: {} });
      });
      it('keeps what was put first, and with it all that was said of the mail since', async () => {
        const patientId = newPatient();
        const message = { patientId, document: 'd1', sesId: `ses-${patientId}`, sentAt: toInstant(under.now()) };
        await sentMessages.put(message);
        const delivered = { DELIVERED: '2026-06-15T12:00:03Z' };
        await sentMessages.noteFeedback({ ...message, feedback: {} }, delivered);
        await sentMessages.put({ ...message, sentAt: toInstant(under.now() + 60_000) });
        expect(await sentMessages.read(message.sesId)).toEqual({ ...message, feedback: delivered });
      });
      it('notes what was said of a mail over what was read, and over nothing else', async () => {
        const patientId = newPatient();
        const message = { patientId, document: 'd1', sesId: `ses-${patientId}`, sentAt: toInstant(under.now()) };
        await sentMessages.put(message);
        const unheard = { ...message, feedback: {} };
        const [delivered, complained] = [{ DELIVERED: '2026-06-15T12:00:03Z' }, { COMPLAINT: '2026-06-15T12:10:00Z' }];
        await sentMessages.noteFeedback(unheard, delivered);
        // As when the answer got lost and the client repeats it.
        await sentMessages.noteFeedback(unheard, delivered);
        await expect(sentMessages.noteFeedback(unheard, complained)).rejects.toThrow(RecordConflictError);
        const heard = { ...message, feedback: delivered };
        await sentMessages.noteFeedback(heard, { ...delivered, ...complained });
        await expect(
          sentMessages.noteFeedback(heard, { ...delivered, NOT_SENT: '2026-06-15T12:11:00Z' }),
        ).rejects.toThrow(RecordConflictError);
        expect((await sentMessages.read(message.sesId))?.feedback).toEqual({ ...delivered, ...complained });
      });
      it('notes nothing for a mail that was never sent', async () => {
        const patientId = newPatient();
        const unknown = { patientId, document: 'd1', sesId: 'unknown-s', sentAt: toInstant(under.now()), feedback: {} };
        const noted = sentMessages.noteFeedback(unknown, { DELIVERED: '2026-06-15T12:00:03Z' });
        await expect(noted).rejects.toThrow(RecordConflictError);
        expect(await sentMessages.read('unknown-s')).toBeNull();
      });
      it("keeps a person's request under patient and id", async () => {
        const patientId = newPatient();
        const request = {
          id: 'r1',
          patientId,
          action: 'regenerate' as const,
          actor: 'ann',
          reason: 'lost',
          at: toInstant(under.now()),
        };
        await staffRequests.put(request);
        await staffRequests.put({ ...request, at: toInstant(under.now() + 60_000) });
        expect(await staffRequests.read(patientId, 'r1')).toEqual(request);
        expect(await staffRequests.read(patientId, 'r2')).toBeNull();
        expect(await staffRequests.read(newPatient(), 'r1')).toBeNull();
      });
    });

    describe('listDue', () => {
      /** All that is due up to and with `day`, page after page, shard after shard. */
      async function dueOn(day: string): Promise<string[]> {
        const found: string[] = [];
        for (let shard = 0; shard < 16; shard++) {
          let after: string | null = null;
          do {
            const page = await dueCases.list(shard, day, after, 100);
            found.push(...page.patientIds);
            after = page.next;
          } while (after !== null);
        }
        return found.toSorted();
      }
      const checkOn = async (id: string, nextCheckDay: string | null) =>
        cases.save(null, { ...newAccount(id), nextCheckDay });

      it('finds what is due today or was left behind, each patient once, and nothing else', async () => {
        const [today, past, tomorrow, never] = [newPatient(), newPatient(), newPatient(), newPatient()];
        await checkOn(today, '2001-02-03');
        await checkOn(past, '2000-12-31');
        await checkOn(tomorrow, '2001-02-04');
        await checkOn(never, null);
        expect(await dueOn('2001-02-03')).toEqual([today, past].toSorted());
        expect(await dueOn('2000-12-30')).toEqual([]);
      });

      it('follows a case when its day moves or is dropped', async () => {
        const id = newPatient();
        const first = await checkOn(id, '1999-01-01');
        expect(await dueOn('1999-01-01')).toEqual([id]);
        const moved = await cases.save(first, { ...first, nextCheckDay: '1999-01-02' });
        expect(await dueOn('1999-01-01')).toEqual([]);
        await cases.save(moved, { ...moved, nextCheckDay: null });
        expect(await dueOn('1999-12-31')).toEqual([]);
      });

      it('keeps both of two entries that collide in the local table’s digest, when both are added and when one is removed', async () => {
        // Same shard, and the same first 24 bits of the digest by which dynalite would tell their entries apart.
        const [one, other] = ['collides-4840', 'collides-17508'];
        const first = await checkOn(one, '1997-01-01');
        const second = await checkOn(other, '1997-01-01');
        expect(await dueOn('1997-01-01')).toEqual([one, other].toSorted());
        await cases.save(first, { ...first, nextCheckDay: null });
        expect(await dueOn('1997-01-01')).toEqual([other]);
        await cases.save(second, { ...second, nextCheckDay: null });
        expect(await dueOn('1997-01-01')).toEqual([]);
      });

      it('spreads patients over all sixteen shards', async () => {
        await Promise.all(Array.from({ length: 200 }, (_, n) => checkOn(`spread-${n}`, '1998-01-01')));
        for (let shard = 0; shard < 16; shard++) {
          expect((await dueCases.list(shard, '1998-01-01', null, 100)).patientIds.length).toBeGreaterThan(0);
        }
        expect(await dueOn('1998-01-01')).toHaveLength(200);
      });
    });
  });
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EhrRejectedError, EhrUnavailableError } from '../../../../../functions/domain/errors.ts';
import { ANSWER_LIMIT, type PickupFacts } from '../../../../../functions/domain/pickup/pickup.ts';
import type { PickupChart } from '../../../../../functions/ports/ehr/ehr.ts';
import { pickUp } from '../../../../../functions/usecases/pickup/pick-up.ts';
import { BIRTH_DATE, type PickupWorld, pickupWorld } from '../../../../support/worlds/pickup-world.ts';

let world: PickupWorld;
beforeAll(async () => {
  world = await pickupWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.counted();
  world.read();
});

const RIGHT = { birthDate: BIRTH_DATE, lastName: null };
const WRONG = { birthDate: '1999-12-31', lastName: null };
const MINUTE = 60_000;
const DAY = 86_400_000;

const answer = (token: string, given = RIGHT, ehr: Partial<PickupChart> = {}) =>
  pickUp({ ...world.ports, ehr: { ...world.ports.ehr, ...ehr } }, token, given);
const refused = (why: string, patientId: string | null) => ({ kind: 'REFUSED', why, patientId, untold: null });
async function answerWrongly(token: string, times: number): Promise<string[]> {
  const whys: string[] = [];
  for (let n = 0; n < times; n++) {
    const told = await answer(token, WRONG);
    whys.push(told.kind === 'REFUSED' ? told.why : told.kind);
  }
  return whys;
}

describe('the right answer', () => {
  it('shows the PIN, the end of its life and the chart’s language', async () => {
    const id = await world.patient();
    const { expiresAt } = await world.account(id);
    const shown = { kind: 'PIN', patientId: id, pin: world.pinOf(id), expiresAt, language: 'es' };
    expect(await answer(await world.mail(id))).toEqual(shown);
  });

  it('is recorded as the first view once, and may be given as often as wanted', async () => {
    const id = await world.patient();
    const token = await world.mail(id);
    for (let n = 0; n < 2 * ANSWER_LIMIT; n++) expect((await answer(token)).kind).toBe('PIN');
    expect(world.told(id)).toEqual({ audits: ['VIEWED'], tasks: [], started: [] });
    expect(world.counted()).toEqual(['PickedUp org-1']);
    expect((await world.account(id)).pickedUpAt).toBe('2026-06-15T12:00:00Z');
  });

  it('is right after four wrong ones, and those count on', async () => {
    const id = await world.patient();
    const token = await world.mail(id);
    expect(await answerWrongly(token, 4)).toEqual(['WRONG', 'WRONG', 'WRONG', 'WRONG']);
    expect((await answer(token)).kind).toBe('PIN');
    expect(await answerWrongly(token, 2)).toEqual(['WRONG', 'LOCKED']);
  });

  it.each<[string, Partial<PickupFacts>]>([
    ['PIN', {}],
    ['REGISTERED', { standing: 'ALREADY_REGISTERED' }],
    ['REPLACED', { isCurrent: false }],
  ])('says %s for %j', async (kind, facts) => {
    const id = await world.patient(facts);
    const told = await answer(await world.mail(id));
    expect(told).toMatchObject({ kind, language: 'es' });
    expect('pin' in told).toBe(kind === 'PIN');
  });
});

describe('a patient without a PIN', () => {
  it.each<[string, Partial<PickupFacts>]>([
    ['INELIGIBLE', { standing: 'DECEASED' }],
    ['INELIGIBLE', { standing: 'MERGED' }],
    ['INELIGIBLE', { standing: 'INACTIVE' }],
    ['INELIGIBLE', { standing: 'OPTED_OUT' }],
    ['UNPROVABLE', { birthDate: null }],
    ['UNPROVABLE', { birthDate: '2000-02' }],
  ])('is refused as for a wrong answer: %s, %j', async (why, facts) => {
    const id = await world.patient(facts);
    expect(await answer(await world.mail(id))).toEqual(refused(why, id));
    expect(world.told(id).audits).not.toContain('VIEWED');
  });

  it('is refused when the chart is gone', async () => {
    const id = await world.patient();
    const token = await world.mail(id);
    const { readPickupFacts } = world.ports.ehr;
    const gone = () => readPickupFacts('unknown-1', 'nothing');
    expect(await answer(token, RIGHT, { readPickupFacts: gone })).toEqual(refused('INELIGIBLE', id));
  });

  it('and without a full date of birth is sent to the front desk at once, and guessing ends', async () => {
    const id = await world.patient({ birthDate: '2000' });
    const token = await world.mail(id);
    expect(await answer(token)).toEqual(refused('UNPROVABLE', id));
    const told = { audits: ['LOCKED'], tasks: ['notify-patient BIRTH_DATE_MISSING'], started: [] };
    expect(world.told(id)).toEqual(told);
    expect(await answer(token)).toEqual(refused('LOCKED', id));
    expect(world.told(id)).toEqual(told);
  });

  it('because of their status gets no call', async () => {
    const id = await world.patient({ standing: 'DECEASED' });
    const token = await world.mail(id);
    for (let n = 0; n < ANSWER_LIMIT + 2; n++) await answer(token);
    world.advance(5 * MINUTE);
    await answer(token);
    expect(world.told(id)).toEqual({ audits: ['LOCKED'], tasks: [], started: [] });
  });
});

describe('links', () => {
  it('that were never issued are refused, whatever they are, and no chart is read', async () => {
    for (const token of ['', 'x', 'A'.repeat(43), 'ü'.repeat(5000), '../../etc/passwd', 'PATIENT#p1', '\0']) {
      expect(await answer(token)).toEqual(refused('UNKNOWN', null));
    }
    expect(world.read()).toBe(0);
  });

  it('of an earlier mail stop working once a newer one was sent, and cost no answer', async () => {
    const id = await world.patient();
    const [first, second] = [await world.mail(id), await world.mail(id)];
    for (let n = 0; n < 2 * ANSWER_LIMIT; n++) expect(await answer(first)).toEqual(refused('KILLED', id));
    expect(world.read()).toBe(0);
    expect((await answer(second)).kind).toBe('PIN');
  });

  it('share their answers with the newer ones of the same PIN', async () => {
    const id = await world.patient();
    expect(await answerWrongly(await world.mail(id), 3)).toEqual(['WRONG', 'WRONG', 'WRONG']);
    expect(await answerWrongly(await world.mail(id), 3)).toEqual(['WRONG', 'WRONG', 'LOCKED']);
    expect(await answer(await world.mail(id))).toEqual(refused('LOCKED', id));
  });

  it('that were made for a mail which never left open nothing', async () => {
    const id = await world.patient();
    const sent = await world.mail(id);
    const { pickupToken } = await world.account(id);
    const unsent = await world.mail(id);
    await world.change(id, { pickupToken });
    expect(await answer(unsent)).toEqual(refused('KILLED', id));
    expect((await answer(sent)).kind).toBe('PIN');
  });

  it('of a PIN that was replaced say so after the right answer only, and lock nothing that lives', async () => {
    const id = await world.patient();
    const old = await world.mail(id);
    await world.change(id, { document: `d2-${id}`, pickupToken: null });
    const living = await world.mail(id);
    expect((await answer(old)).kind).toBe('REPLACED');
    expect(await answerWrongly(old, 7)).toEqual([...Array(5).fill('WRONG'), 'LOCKED', 'LOCKED']);
    expect(world.told(id)).toEqual({ audits: ['LOCKED'], tasks: [], started: [] });
    expect((await answer(living)).kind).toBe('PIN');
  });

  it('are forgotten 90 days after the PIN died', async () => {
    const id = await world.patient();
    const old = await world.mail(id);
    world.advance(25 * DAY + 90 * DAY - 1000);
    expect((await answer(old)).kind).toBe('EXPIRED');
    world.advance(1000);
    expect(await answer(old)).toEqual(refused('UNKNOWN', id));
  });
});

describe('the fifth wrong answer', () => {
  it('locks, tells the front desk once and the audit trail once', async () => {
    const id = await world.patient();
    const token = await world.mail(id);
    expect(await answerWrongly(token, 4)).toEqual(Array(4).fill('WRONG'));
    expect(world.told(id).tasks).toEqual([]);
    expect(await answerWrongly(token, 6)).toEqual(['WRONG', ...Array(5).fill('LOCKED')]);
    world.advance(5 * MINUTE);
    expect(await answer(token)).toEqual(refused('LOCKED', id));
    expect(world.told(id)).toEqual({ audits: ['LOCKED'], tasks: ['notify-patient PICKUP_LOCKED'], started: [] });
    expect((await world.account(id)).staffTasks).toEqual([
      { code: 'notify-patient', reason: 'PICKUP_LOCKED', document: `d-${id}` },
    ]);
    expect(world.counted()).toEqual(['PickupLocked']);
    expect(world.read()).toBe(ANSWER_LIMIT);
  });

  it('of many at once is the last one looked at', async () => {
    const id = await world.patient();
    const token = await world.mail(id);
    const all = await Promise.all(Array.from({ length: 40 }, () => answer(token, WRONG)));
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['REFUSED']));
    expect(world.read()).toBe(ANSWER_LIMIT);
    expect(world.told(id).tasks).toEqual(['notify-patient PICKUP_LOCKED']);
    expect(await answer(token)).toEqual(refused('LOCKED', id));
  });

  it('asks the front desk anew where its Task was about an earlier PIN', async () => {
    const id = await world.patient();
    const earlier = { code: 'notify-patient', reason: 'PICKUP_LOCKED', document: `d0-${id}` } as const;
    const other = { code: 'enter-email', reason: 'NONE' } as const;
    await world.change(id, { staffTasks: [earlier, other] });
    await answerWrongly(await world.mail(id), 5);
    expect((await world.account(id)).staffTasks).toEqual([other, { ...earlier, document: `d-${id}` }]);
    expect(world.told(id).tasks).toEqual(['notify-patient PICKUP_LOCKED']);
  });

  it('is refused like any other where the front desk cannot be told, which the next one makes up for', async () => {
    const id = await world.patient();
    const token = await world.mail(id);
    await answerWrongly(token, 4);
    const down = new EhrUnavailableError('HTTP_503');
    const last = await answer(token, WRONG, { openStaffTask: () => Promise.reject(down) });
    expect(last).toEqual({ ...refused('WRONG', id), untold: down });
    expect(await answer(token, WRONG)).toEqual(refused('LOCKED', id));
    expect(world.told(id).tasks).toEqual([]);
    world.advance(MINUTE);
    expect(await answer(token, WRONG)).toEqual(refused('LOCKED', id));
    expect(world.told(id)).toEqual({ audits: ['LOCKED'], tasks: ['notify-patient PICKUP_LOCKED'], started: [] });
  });

  it('leaves the case to a concurrent execution', async () => {
    const id = await world.patient();
    const token = await world.mail(id);
    await answerWrongly(token, 4);
    const { cases } = world.ports;
    let races = 0;
    const raced: typeof cases = {
      ...cases,
      // A step saves between our reading and our saving, three times.
      read: async (patientId) => {
        const account = await cases.read(patientId);
        if (account !== null && races++ < 3) await cases.save(account, { ...account, reminder: races });
        return account;
      },
    };
    expect(await pickUp({ ...world.ports, cases: raced }, token, WRONG)).toEqual(refused('WRONG', id));
    const { staffTasks, reminder } = await world.account(id);
    expect([staffTasks.length, reminder]).toEqual([1, 3]);
    expect(world.told(id).tasks).toEqual(['notify-patient PICKUP_LOCKED']);
  });
});

describe('when the EHR fails', () => {
  it.each([new EhrUnavailableError('HTTP_503'), new EhrRejectedError('HTTP_403')])(
    'an answer that was not looked at does not count: %s',
    async (error) => {
      const id = await world.patient();
      const token = await world.mail(id);
      const down = { readPickupFacts: () => Promise.reject(error) };
      for (let n = 0; n < 2 * ANSWER_LIMIT; n++) await expect(answer(token, WRONG, down)).rejects.toBe(error);
      expect((await answer(token)).kind).toBe('PIN');
    },
  );

  it('a PIN is not shown if its view cannot be recorded, and the answer is still right the next time', async () => {
    const id = await world.patient();
    const token = await world.mail(id);
    const down = new EhrUnavailableError('HTTP_503');
    await expect(answer(token, RIGHT, { audit: () => Promise.reject(down) })).rejects.toBe(down);
    expect(world.counted()).toEqual([]);
    expect((await answer(token)).kind).toBe('PIN');
    expect(world.told(id).audits).toEqual(['VIEWED']);
  });

  it('a form without a PIN is no PIN', async () => {
    const id = await world.patient();
    const token = await world.mail(id);
    await expect(answer(token, RIGHT, { readPin: async () => null })).rejects.toThrow('PIN_NOT_VISIBLE');
    world.chart(id).encounter = null;
    await expect(answer(token)).rejects.toThrow('PIN_NOT_VISIBLE');
    expect(world.told(id).audits).toEqual([]);
  });
});

/** The oracle of the year on histories that are made up: it finds nothing in a good one, and what is wrong in a bad one. */
import type { Patient } from 'fhir/r4';
import { describe, expect, it } from 'vitest';
import { type Diary, emptyDiary } from './diary.ts';
import { piecesOf } from './eligibility.ts';
import type { Case, Rules } from './expectations.ts';
import type { ChartedPin, History } from './histories.ts';
import { lifeOf } from './lives.ts';
import { mailsMissing, mailsTooMany, pinsTooMany, withoutPin } from './oracle.ts';

const DAY = 24 * 60 * 60 * 1000;
const FIRST = Date.parse('2035-01-01T10:00:00Z');
const day = (n: number) => FIRST + n * DAY;
const ID = 'year-00001';
const ADDRESS = `${ID}@example.com`;
const RULES: Rules = { timeZone: 'America/New_York', recheckDays: 7, cycleLimit: 3, reminderDays: [20, 27] };

const patient = (differing: Partial<Patient> = {}): Patient => ({
  resourceType: 'Patient',
  id: ID,
  telecom: [{ system: 'email', value: ADDRESS }],
  generalPractitioner: [{ reference: 'Practitioner/1' }],
  ...differing,
});

/** Signed a minute after the sweep of the n-th day, in force until the n-th day of the next. */
const pin = (n: number, until: number | null, ours = true): ChartedPin => ({
  document: `d${n}`,
  ours,
  signedAt: day(n) + 60_000,
  expiresAt: day(n + 30) + 60_000,
  valid: { from: day(n) + 60_000, to: until === null ? Number.POSITIVE_INFINITY : day(until) + 60_000 },
});
const mail = (n: number, seconds = 61) => ({ at: day(n) + seconds * 1000, to: ADDRESS, cameBack: false });

interface World {
  patients?: [number, Patient][];
  pins?: ChartedPin[];
  mails?: History['mails'];
  diary?: (diary: Diary) => void;
}

/** A PIN by hand of 10 days before, with its reminders, which ours replaces when it has expired: on the 21st day. Then nothing until the 40th. */
function found({ patients = [[-10, patient()]], pins, mails, diary: happened }: World = {}) {
  const diary = emptyDiary();
  for (let n = 0; n < 40; n++) {
    diary.moves.push({
      from: day(n),
      to: day(n) + 120_000,
      day: new Date(day(n)).toISOString().slice(0, 10),
      lapsed: [],
      hiccup: false,
    });
  }
  happened?.(diary);
  const history: History = {
    id: ID,
    patient: patients.map(([n, version]) => ({ at: day(n), version })),
    pins: pins ?? [pin(-10, 21, false), pin(21, null)],
    mails: mails ?? [mail(10), mail(17), mail(21)],
  };
  const life = { ...lifeOf(() => 0.5, 1), firstPinDay: -10 };
  const each: Case = { history, life, pieces: piecesOf(history, diary.refused) };
  return {
    withoutPin: withoutPin(each, diary, RULES),
    pinsTooMany: pinsTooMany(each, diary, RULES),
    mailsTooMany: mailsTooMany(each, diary, RULES),
    mailsMissing: mailsMissing(each, diary, RULES),
  };
}

const NOTHING = { withoutPin: [], pinsTooMany: [], mailsTooMany: [], mailsMissing: [] };
const period = (first: number, last: number) => ({ from: day(first) - 1000, to: day(last) + 1000 });

it('finds nothing in a good year', () => {
  expect(found()).toEqual(NOTHING);
});

describe('a patient without a PIN', () => {
  // Expired on the 20th day, a minute after the sweep; ours is of the 24th.
  const late: World = { pins: [pin(-10, 24, false), pin(24, null)], mails: [mail(10), mail(17), mail(24)] };
  const days = (...dates: number[]) => dates.map((n) => `${ID} has no valid PIN after the sweep of 2035-01-${n + 1}`);

  it('is found at every sweep that could have helped', () => {
    expect(found(late)).toEqual({ ...NOTHING, withoutPin: days(21, 22, 23) });
  });

  it.each<[string, World, number[]]>([
    ['the EHR was down', { diary: (diary) => void diary.ehrDown.push(period(21, 22)) }, [23]],
    ['starts were paused', { diary: (diary) => void diary.paused.push(period(21, 23)) }, []],
    ['the patient had opted out', { patients: [[-10, patient({ active: false })]] }, []],
    ['there was no address', { patients: [[-10, patient({ telecom: [] })]] }, []],
    ['no provider was responsible', { patients: [[-10, patient({ generalPractitioner: [] })]] }, []],
    ['SES had refused the address', { diary: (diary) => void diary.refused.set(ADDRESS, day(1)) }, []],
  ])('is no fault while %s', (_why, world, left) => {
    expect(found({ ...late, ...world }).withoutPin).toEqual(days(...left));
  });

  it('counts from when the EHR told that an address was entered, or from the recheck day', () => {
    const entered: World = {
      ...late,
      pins: [pin(-10, 38, false), pin(38, null)],
      mails: [mail(38)],
      patients: [
        [-10, patient({ telecom: [] })],
        [25, patient()],
      ],
    };
    const shown = (n: number) =>
      `${ID} has no valid PIN after the sweep of ${new Date(day(n)).toISOString().slice(0, 10)}`;
    expect(found(entered).withoutPin).toEqual([32, 33, 34, 35, 36, 37].map(shown));
    const told = (diary: Diary) => void diary.told.set(ID, [{ at: day(35) + 1, type: 'patient.email_changed' }]);
    expect(found({ ...entered, diary: told }).withoutPin).toContain(shown(36));
    const toldEarly = (diary: Diary) => void diary.told.set(ID, [{ at: day(30) + 1, type: 'patient.email_changed' }]);
    expect(found({ ...entered, diary: toldEarly }).withoutPin[0]).toBe(shown(31));
  });
});

describe('PINs', () => {
  const LIVE = `${ID} has two live PINs at 2035-01-22T10:01:00.000Z`;
  it.each<[string, World, string[]]>([
    ['two that live', { pins: [pin(-10, 22, false), pin(21, null)] }, [LIVE]],
    [
      'one that came too early',
      { pins: [pin(-10, 15, false), pin(15, null)], mails: [mail(15)] },
      [`${ID} got a new PIN at 2035-01-16T10:01:00.000Z, too early`],
    ],
    [
      'one too many in a row',
      { pins: [pin(-103, -72), pin(-72, -41), pin(-41, -10), pin(-10, 21), pin(21, null)] },
      [
        `${ID} got a new PIN at 2034-12-22T10:01:00.000Z, beyond the limit of cycles`,
        `${ID} got a new PIN at 2035-01-22T10:01:00.000Z, beyond the limit of cycles`,
      ],
    ],
    [
      'one of a deceased patient',
      { patients: [[-110, patient({ deceasedBoolean: true })]] },
      [`${ID} got a new PIN at 2035-01-22T10:01:00.000Z in spite of: standing`],
    ],
  ])('%s', (_what, world, faults) => {
    expect(found(world).pinsTooMany).toEqual(faults);
  });

  it('one that a person asked for is none too early, and one after a release none too many', () => {
    const asked = (diary: Diary) => void diary.asked.set(ID, [{ at: day(15) + 1, what: 'regenerate' }]);
    const mails = [mail(10), mail(15), mail(35)];
    expect(found({ pins: [pin(-10, 15, false), pin(15, null)], mails, diary: asked })).toEqual(NOTHING);
    const released = (diary: Diary) => void diary.asked.set(ID, [{ at: day(20) + 1, what: 'release' }]);
    const row = [pin(-72, -41), pin(-41, -10), pin(-10, 21), pin(21, null)];
    expect(found({ pins: row, diary: released }).pinsTooMany).toEqual([]);
    expect(found({ pins: row }).pinsTooMany).toHaveLength(1);
  });
});

describe('mails', () => {
  it.each<[string, World, string[]]>([
    [
      'a second one',
      { mails: [mail(21), mail(22)] },
      [`${ID} got mail 2 of 1 for one PIN at 2035-01-23T10:01:01.000Z`],
    ],
    [
      'one for a PIN by hand',
      { mails: [mail(0), mail(21)] },
      [`${ID} got mail 1 of 0 for one PIN at 2035-01-01T10:01:01.000Z`],
    ],
    [
      'one of a dead PIN',
      { mails: [mail(20, 90), mail(21)] },
      [`${ID} got mail for a dead PIN at 2035-01-21T10:01:30.000Z`],
    ],
    [
      'one to an address that is gone',
      { mails: [{ ...mail(21), to: 'old@example.com' }] },
      [`${ID} got mail at 2035-01-22T10:01:01.000Z at an address that the chart does not have`],
    ],
    [
      'one to a registered patient',
      {
        patients: [
          [-10, patient()],
          [21, patient({ active: false })],
        ],
      },
      [`${ID} got mail at 2035-01-22T10:01:01.000Z although none is due`],
    ],
  ])('%s is one too many', (_what, world, faults) => {
    expect(found(world).mailsTooMany).toEqual(faults);
  });

  it('a reminder on its day and a mail that a person asked for are none too many; on the day before it is', () => {
    // The PIN by hand is of ten days before: its reminder days are the 10th and the 17th.
    expect(found({ mails: [mail(10), mail(17), mail(21)] }).mailsTooMany).toEqual([]);
    expect(found({ mails: [mail(9), mail(17), mail(21)] }).mailsTooMany).toHaveLength(1);
    const resent = (diary: Diary) => void diary.asked.set(ID, [{ at: day(21) + 70_000, what: 'resend' }]);
    expect(found({ mails: [mail(21), mail(21, 80)], diary: resent }).mailsTooMany).toEqual([]);
  });

  const untold = (world: World) => found(world).mailsMissing.filter((each) => each.includes('no mail about it'));
  const unreminded = (world: World) => found(world).mailsMissing.filter((each) => each.includes('not reminded'));

  it('the first is missed at each sweep, unless it got lost on the way', () => {
    expect(untold({ mails: [] })).toHaveLength(19);
    const lost = (diary: Diary) => void diary.lost.push({ at: day(21) + 61_000, address: ADDRESS, arrived: false });
    expect(untold({ mails: [], diary: lost })).toEqual([]);
    const down = (diary: Diary) => void diary.mailDown.push(period(21, 30));
    expect(untold({ mails: [], diary: down })).toHaveLength(9);
    // What came back may be sent again the next day.
    const cameBack = { ...mail(21), cameBack: true };
    expect(untold({ mails: [cameBack, mail(22)] })).toEqual([]);
    expect(untold({ mails: [cameBack, mail(25)] })).toHaveLength(3);
  });

  it('a reminder is missed from its day until the PIN dies, or the next one is due', () => {
    expect(unreminded({ mails: [mail(17), mail(21)] })).toHaveLength(7);
    expect(unreminded({ mails: [mail(10), mail(21)] })).toHaveLength(3);
    const registered: World = {
      patients: [
        [-10, patient()],
        [12, patient({ active: false })],
      ],
    };
    expect(unreminded({ ...registered, mails: [] })).toHaveLength(2);
  });

  it('a returned mail is not counted, but its address gets no further mail', () => {
    const cameBack = { ...mail(21), cameBack: true };
    expect(found({ mails: [cameBack, mail(22)] }).mailsTooMany).toEqual([]);
    const refused = (diary: Diary) => void diary.refused.set(ADDRESS, day(21) + 61_000);
    const again = { ...mail(22), cameBack: true };
    expect(found({ mails: [cameBack, again], diary: refused }).mailsTooMany).toEqual([
      `${ID} was sent to ${ADDRESS} again at 2035-01-23T10:01:01.000Z`,
    ]);
  });

  it('where the owner of the address complained, the PIN is told of at the next one, once', () => {
    const elsewhere = (n: number) => ({ ...mail(n), to: 'new.year-00001@example.com' });
    const complained = (diary: Diary) => void diary.refused.set(ADDRESS, day(21) + 61_000);
    const telecom = [{ system: 'email', value: 'new.year-00001@example.com' }] as const;
    const patients: World['patients'] = [
      [-10, patient()],
      [25, patient({ telecom: [...telecom] })],
    ];
    const mails = [mail(21), elsewhere(25)];
    expect(found({ patients, mails, diary: complained }).mailsTooMany).toEqual([]);
    expect(found({ patients, mails }).mailsTooMany).toHaveLength(1);
    expect(found({ patients, mails: [...mails, elsewhere(26)], diary: complained }).mailsTooMany).toHaveLength(1);
  });
});

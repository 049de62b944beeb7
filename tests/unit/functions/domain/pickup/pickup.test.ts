import { describe, expect, it } from 'vitest';
import { type Account, newAccount } from '../../../../../functions/domain/case/account.ts';
import { withAdopted, withSigned } from '../../../../../functions/domain/case/signing.ts';
import { STANDINGS } from '../../../../../functions/domain/chart/patient.ts';
import {
  disclosureOf,
  isAnswered,
  isSameText,
  judge,
  linkStateOf,
  type PatientAnswer,
  type PickupFacts,
  sourceOf,
  tokenHash,
  tombstoneEnd,
} from '../../../../../functions/domain/pickup/pickup.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const EXPIRES = '2026-06-20T12:00:00Z';
const token = { hash: 'h', patientId: 'p', document: 'd', expiresAt: EXPIRES };
const account = (more: Partial<Account> = {}): Account => ({
  ...newAccount('p'),
  document: 'd',
  expiresAt: EXPIRES,
  pickupToken: 'h',
  ...more,
});

describe('which link counts', () => {
  it.each([
    ['LIVING', token, account(), NOW],
    ['LIVING', token, account(), Date.parse(EXPIRES)],
    ['KILLED', token, account({ pickupToken: 'newer' }), NOW],
    ['KILLED', token, account({ pickupToken: null }), NOW],
    ['REPLACED', token, account({ document: 'd2' }), NOW],
    ['REPLACED', token, account({ document: 'd2', pickupToken: null }), NOW],
    // Not even where the record still names it.
    ['REPLACED', token, account({ document: null }), NOW],
    ['UNKNOWN', null, account(), NOW],
    ['UNKNOWN', token, null, NOW],
    ['REPLACED', token, account({ document: 'd2' }), Date.parse('2026-09-18T11:59:59Z')],
    // 90 days after the PIN died, also where TTL has not come by.
    ['UNKNOWN', token, account(), Date.parse('2026-09-18T12:00:00Z')],
  ] as const)('%s', (state, known, its, now) => expect(linkStateOf(known, its, now)).toBe(state));

  it('answers are checked where they may be right and do no harm', () => {
    expect((['LIVING', 'REPLACED', 'KILLED', 'UNKNOWN'] as const).filter(isAnswered)).toEqual(['LIVING', 'REPLACED']);
  });

  it('a new document takes the old one’s link away, made by us or by hand', () => {
    const signing = { document: 'd2', location: null, signedAt: NOW };
    expect(withAdopted(account(), signing, 0, null).pickupToken).toBeNull();
    expect(withSigned(account(), signing, []).pickupToken).toBeNull();
    expect(withSigned(account(), { ...signing, document: 'd' }, []).pickupToken).toBe('h');
  });

  it('is kept as a digest', () => {
    expect(tokenHash('a')).toBe('ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs');
    expect(tombstoneEnd('2026-06-20T12:00:00Z')).toBe(Date.parse('2026-09-18T12:00:00Z') / 1000);
  });
});

const facts = (more: Partial<PickupFacts> = {}): PickupFacts => ({
  standing: 'ELIGIBLE',
  birthDate: '2000-02-29',
  familyNames: ['Muñoz'],
  language: 'es',
  isCurrent: true,
  encounter: 'e',
  ...more,
});

describe('which answer is right', () => {
  const right: PatientAnswer = { birthDate: '2000-02-29', lastName: null };
  it.each<[string, PatientAnswer, Partial<PickupFacts>]>([
    ['RIGHT', right, {}],
    ['RIGHT', { ...right, lastName: 'munoz' }, {}],
    ['RIGHT', right, { familyNames: [] }],
    ['RIGHT', right, { standing: 'ALREADY_REGISTERED' }],
    ['WRONG', { ...right, birthDate: '2000-03-01' }, {}],
    ['WRONG', { ...right, lastName: 'Munos' }, {}],
    ['WRONG', { birthDate: '2000-03-01', lastName: 'Muñoz' }, {}],
    ['UNPROVABLE', right, { birthDate: null }],
    ['UNPROVABLE', { ...right, birthDate: '2000-02-01' }, { birthDate: '2000-02' }],
    ['UNPROVABLE', { ...right, lastName: 'Muñoz' }, { familyNames: [] }],
    ['INELIGIBLE', right, { standing: 'DECEASED' }],
    ['INELIGIBLE', right, { standing: 'MERGED' }],
    ['INELIGIBLE', right, { standing: 'OPTED_OUT', birthDate: null }],
    ['INELIGIBLE', right, { standing: 'INACTIVE' }],
  ])('%s: %j against %j', (judgement, answer, more) => expect(judge(answer, facts(more))).toBe(judgement));

  it('only an eligible patient gets a PIN, and a registered one is told so', () => {
    const judged = STANDINGS.map((standing) => [standing, judge(right, facts({ standing }))]);
    expect(judged.filter(([, judgement]) => judgement === 'RIGHT').map(([standing]) => standing)).toEqual([
      'ELIGIBLE',
      'ALREADY_REGISTERED',
    ]);
  });
});

describe('what is said after it', () => {
  const dead = Date.parse(EXPIRES);
  it.each([
    ['PIN', 'LIVING', {}, NOW],
    ['PIN', 'LIVING', {}, dead - 1],
    ['EXPIRED', 'LIVING', {}, dead],
    ['REPLACED', 'LIVING', { isCurrent: false }, NOW],
    ['REPLACED', 'LIVING', { isCurrent: false }, dead],
    ['REPLACED', 'REPLACED', {}, NOW],
    ['REPLACED', 'REPLACED', { isCurrent: false }, NOW],
    ['EXPIRED', 'REPLACED', { isCurrent: false }, dead],
    ['REGISTERED', 'LIVING', { standing: 'ALREADY_REGISTERED' }, NOW],
    ['REGISTERED', 'REPLACED', { standing: 'ALREADY_REGISTERED' }, dead],
  ] as const)('%s: %s, %j', (disclosure, state, more, now) => {
    expect(disclosureOf(state, account(), facts(more), now)).toBe(disclosure);
  });
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8::1:0:0:0:1', '2001:db8:0:1::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('the source %s counts as %s', (address, source) => expect(sourceOf(address)).toBe(source));

it.each([
  ['abc', 'abc', true],
  ['', '', true],
  ['abc', 'abd', false],
  ['abc', 'ab', false],
  ['ab', 'abc', false],
  ['', 'a', false],
])('%j and %j are the same: %s', (a, b, same) => expect(isSameText(a, b)).toBe(same));

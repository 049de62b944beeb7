/** Charts with a PIN that must stay: not needed, no address, or a decision for staff. */

import type { Ending, HeldReason, NotNeededReason } from '../../functions/domain/outcomes.ts';
import { toInstant } from '../../functions/domain/time/instant.ts';
import { DAY, type DemoCase, HOUR } from './case.ts';
import { careTeam, email, visit } from './chart-builders.ts';
import { CARDIOLOGISTS, CARDIOLOGY, FAMILY_DOCTORS, PRIMARY_CARE, RETIRED_DOCTOR } from './directory.ts';

const notNeeded = (reason: NotNeededReason): Ending => ({ outcome: 'NOT_NEEDED', reason });
const held = (reason: HeldReason): Ending => ({ outcome: 'HELD', reason });
const none: Ending = { outcome: 'EMAIL_MISSING', reason: 'NONE' };
const invalid: Ending = { outcome: 'EMAIL_MISSING', reason: 'INVALID' };
const suppressed: Ending = { outcome: 'EMAIL_MISSING', reason: 'SUPPRESSED' };

const threeOfOurs = [
  { age: 130 * DAY },
  { age: 98 * DAY, ours: true },
  { age: 66 * DAY, ours: true },
  { age: 33 * DAY, ours: true },
];

const NOT_NEEDED_CASES: DemoCase[] = [
  { story: 'three days old', ending: notNeeded('NOT_EXPIRED'), pins: [{ age: 3 * DAY }] },
  { story: '29 days and 23 hours old', ending: notNeeded('NOT_EXPIRED'), pins: [{ age: 30 * DAY - HOUR }] },
  { story: 'the newer of two', ending: notNeeded('NOT_EXPIRED'), pins: [{ age: 60 * DAY }, { age: 12 * DAY }] },
  {
    story: 'ours, ten days old',
    ending: notNeeded('NOT_EXPIRED'),
    pins: [{ age: 41 * DAY }, { age: 10 * DAY, ours: true }],
  },
  { story: 'never had a PIN', ending: notNeeded('NEVER_ISSUED'), pins: [] },
  {
    story: 'never had a PIN, nor an address',
    ending: notNeeded('NEVER_ISSUED'),
    pins: [],
    patient: () => ({ telecom: [] }),
  },
  {
    story: 'registered long ago',
    ending: notNeeded('ALREADY_REGISTERED'),
    patient: () => ({ portalStatus: 'registered' }),
    pins: [{ age: 300 * DAY }],
  },
  {
    story: 'registered with the third of ours',
    ending: notNeeded('ALREADY_REGISTERED'),
    patient: () => ({ portalStatus: 'registered' }),
    pins: threeOfOurs,
  },
  { story: 'opted out', ending: notNeeded('OPTED_OUT'), patient: () => ({ portalStatus: 'opted-out' }) },
  { story: 'deceased', ending: notNeeded('DECEASED'), patient: () => ({ deceased: true }) },
  {
    story: 'deceased two weeks ago, still active and registered',
    ending: notNeeded('DECEASED'),
    patient: ({ now }) => ({ deceased: toInstant(now - 14 * DAY), portalStatus: 'registered' }),
  },
  { story: 'inactive', ending: notNeeded('INACTIVE'), patient: () => ({ active: false }) },
  {
    story: 'merged into another record',
    ending: notNeeded('MERGED'),
    patient: () => ({ replacedBy: 'Patient/demo-001', active: false }),
  },
];

const EMAIL_MISSING_CASES: DemoCase[] = [
  {
    story: 'a phone, no email',
    ending: none,
    patient: () => ({ telecom: [{ system: 'phone', value: '+1 555 0177', use: 'mobile' }] }),
  },
  {
    story: 'an entry without a value; the PIN is still valid',
    ending: none,
    patient: () => ({ telecom: [email(null, { use: 'home' })] }),
    pins: [{ age: 5 * DAY }],
  },
  {
    story: 'only an old address',
    ending: none,
    patient: ({ address }) => ({ telecom: [email(address, { use: 'old' })] }),
  },
  {
    story: 'only an address that ended',
    ending: none,
    patient: ({ address, now }) => ({ telecom: [email(address, { period: { end: toInstant(now - 7 * DAY) } })] }),
  },
  {
    story: 'an address without @',
    ending: invalid,
    patient: ({ address }) => ({ telecom: [email(address.replace('@', '.'))] }),
  },
  {
    story: 'letters that no mail service takes',
    ending: invalid,
    patient: () => ({ telecom: [email('señora@example.com')] }),
  },
  {
    story: 'the only address is undeliverable',
    ending: suppressed,
    patient: ({ address }) => ({ telecom: [email(address, { undeliverable: true })] }),
  },
];

const unresolved = held('RESPONSIBLE_PROVIDER_UNRESOLVED');
const atCardiology = [{ age: 38 * DAY, location: CARDIOLOGY }];

const HELD_CASES: DemoCase[] = [
  {
    story: 'no GP; the last visit is no substitute by this policy',
    ending: unresolved,
    patient: () => ({ generalPractitioner: [] }),
    others: ({ id, now }) => [
      visit({
        id: `${id}-visit-1`,
        patient: id,
        organization: PRIMARY_CARE,
        provider: FAMILY_DOCTORS[0],
        start: now - 60 * DAY,
        end: now - 60 * DAY + HOUR,
      }),
    ],
  },
  { story: 'two GPs', ending: unresolved, patient: () => ({ generalPractitioner: [...FAMILY_DOCTORS] }) },
  { story: 'the GP retired', ending: unresolved, patient: () => ({ generalPractitioner: [RETIRED_DOCTOR] }) },
  { story: 'the GP is an organization', ending: unresolved, patient: () => ({ generalPractitioner: [PRIMARY_CARE] }) },
  {
    story: 'cardiology, two cardiologists',
    ending: unresolved,
    pins: atCardiology,
    others: ({ id }) => [
      careTeam({ id: `${id}-team`, patient: id, organization: CARDIOLOGY, participants: [...CARDIOLOGISTS] }),
    ],
  },
  {
    story: 'cardiology, only the PCP in the care team',
    ending: unresolved,
    patient: () => ({ generalPractitioner: [FAMILY_DOCTORS[1]] }),
    pins: atCardiology,
    others: ({ id }) => [
      careTeam({ id: `${id}-team`, patient: id, organization: CARDIOLOGY, participants: [FAMILY_DOCTORS[1]] }),
    ],
  },
  { story: 'cardiology, no care team', ending: unresolved, pins: atCardiology },
  { story: 'a PIN document without a date', ending: held('CHART_UNCLEAR'), pins: [{ age: null }] },
  { story: 'a PIN document dated next week', ending: held('CHART_UNCLEAR'), pins: [{ age: -7 * DAY }] },
  {
    story: 'one without a date beside one that is valid',
    ending: held('CHART_UNCLEAR'),
    pins: [{ age: 4 * DAY }, { age: null }],
    chained: false,
  },
  { story: 'three unused PINs of ours in a row', ending: held('CYCLE_LIMIT'), pins: threeOfOurs },
];

export const OTHER_CASES: DemoCase[] = [...NOT_NEEDED_CASES, ...EMAIL_MISSING_CASES, ...HELD_CASES];

/** Charts with a PIN that must be regenerated. */
import { toInstant } from '../../functions/domain/time/instant.ts';
import { DAY, type DemoCase, HOUR, type Self } from './case.ts';
import { careTeam, draftMedicationRequest, email, visit } from './chart-builders.ts';
import {
  CARDIOLOGIST_ROLE,
  CARDIOLOGISTS,
  CARDIOLOGY,
  FAMILY_DOCTOR_ROLE,
  FAMILY_DOCTORS,
  PRIMARY_CARE,
  UNLISTED_OFFICE,
} from './directory.ts';

const ending = { outcome: 'REGENERATED', reason: null } as const;
const atCardiology = [{ age: 45 * DAY, location: CARDIOLOGY }];
const pcp = () => ({ generalPractitioner: [FAMILY_DOCTORS[0]] });

function cardiologyTeam(participants: string[]) {
  return ({ id }: Self) => [careTeam({ id: `${id}-team`, patient: id, organization: CARDIOLOGY, participants })];
}

export const REGENERATED_CASES: DemoCase[] = [
  { story: 'primary care, 31 days old', ending },
  { story: 'exactly 30 days old', ending, pins: [{ age: 30 * DAY }] },
  { story: 'a year old', ending, pins: [{ age: 365 * DAY }] },
  { story: 'an hour over 30 days', ending, pins: [{ age: 30 * DAY + HOUR }] },
  { story: 'portal status pending', ending, patient: () => ({ portalStatus: 'pending' }) },
  { story: 'said to be alive', ending, patient: () => ({ deceased: false, portalStatus: 'not-enrolled' }) },
  { story: 'GP given as a role', ending, patient: () => ({ generalPractitioner: [FAMILY_DOCTOR_ROLE] }) },
  {
    story: 'cardiology, one cardiologist in the care team',
    ending,
    patient: pcp,
    pins: atCardiology,
    others: cardiologyTeam([CARDIOLOGISTS[1]]),
  },
  {
    story: 'cardiology, the PCP stands in the care team, too',
    ending,
    patient: pcp,
    pins: atCardiology,
    others: cardiologyTeam([FAMILY_DOCTORS[0], CARDIOLOGISTS[0]]),
  },
  {
    story: 'cardiology by managing organization, cardiologist given as a role',
    ending,
    patient: () => ({ ...pcp(), managingOrganization: CARDIOLOGY }),
    pins: [{ age: 33 * DAY, location: null }],
    others: cardiologyTeam([CARDIOLOGIST_ROLE]),
  },
  { story: 'an office the policy does not list', ending, pins: [{ age: 40 * DAY, location: UNLISTED_OFFICE }] },
  {
    story: 'no location of care anywhere',
    ending,
    patient: () => ({ managingOrganization: null }),
    pins: [{ age: 40 * DAY, location: null }],
  },
  {
    story: 'several addresses: ranked, old, expired',
    ending,
    patient: ({ address, now }) => ({
      telecom: [
        { system: 'phone', value: '+1 555 0142', use: 'home' },
        email(`old.${address}`, { use: 'old', rank: 1 }),
        email(`expired.${address}`, { use: 'work', rank: 1, period: { end: toInstant(now - 90 * DAY) } }),
        email(`second.${address}`, { use: 'work', rank: 3 }),
        email(address, { use: 'home', rank: 2 }),
        email(`unranked.${address}`, { use: 'temp' }),
      ],
    }),
  },
  {
    story: 'the preferred address is undeliverable, the next is malformed',
    ending,
    patient: ({ address }) => ({
      telecom: [
        email(`bounced.${address}`, { rank: 1, undeliverable: true }),
        email('ask at next visit', { rank: 2 }),
        email(address, { rank: 3 }),
      ],
    }),
  },
  {
    story: 'prescriptions that wait as drafts and must stay drafts',
    ending,
    others: ({ id, now }) =>
      ['Lisinopril 10 mg oral tablet', 'Metformin 500 mg oral tablet'].map((medication, index) =>
        draftMedicationRequest(`${id}-order-${index + 1}`, {
          patient: id,
          requester: FAMILY_DOCTORS[0],
          medication,
          authoredAt: now - 2 * DAY,
        }),
      ),
  },
  {
    story: 'a visit is in progress',
    ending,
    others: ({ id, now }) => {
      const order = { patient: id, organization: PRIMARY_CARE, provider: FAMILY_DOCTORS[1] };
      return [
        visit({ ...order, id: `${id}-visit-1`, start: now - 200 * DAY, end: now - 200 * DAY + HOUR }),
        visit({ ...order, id: `${id}-visit-2`, start: now - HOUR / 2, end: null }),
      ];
    },
  },
  {
    story: 'two of ours in a row, one below the limit',
    ending,
    pins: [{ age: 95 * DAY }, { age: 64 * DAY, ours: true }, { age: 32 * DAY, ours: true }],
  },
  {
    story: 'two current documents by hand, both old',
    ending,
    pins: [{ age: 400 * DAY }, { age: 50 * DAY }],
    chained: false,
  },
];

import { expect, it } from 'vitest';
import type { Draft } from '../../../../functions/domain/case/account.ts';
import type { PinDocument } from '../../../../functions/domain/chart/chart.ts';
import {
  DraftGoneError,
  NewerPinError,
  PatientNotEligibleError,
  PostconditionViolatedError,
} from '../../../../functions/domain/errors.ts';
import type { Ehr, Reviewed, SignedReading } from '../../../../functions/ports/ehr/ehr.ts';
import { signDocument } from '../../../../functions/steps/sign-document.ts';
import { EXECUTION, leasedCase, stepWorld } from '../../../support/worlds/step-world.ts';

const INPUT = { execution: EXECUTION, patientId: 'p1', cycle: 'd0' };
const DRAFT: Draft = {
  cycle: 'd0',
  document: 'd1',
  form: 'f1',
  encounter: 'e1',
  request: null,
  compared: { generalPractitioner: 'g', careTeam: 'c', author: 'a', draftOrders: [] },
};
const documentOf = (id: string, date: string): PinDocument => ({
  id,
  signed: true,
  date,
  cycleIdentifier: null,
  encounter: 'e0',
  location: null,
});
const OLD = documentOf('d0', '2026-05-10T12:00:00Z');
const REVIEW: Reviewed = {
  draftIntact: true,
  routing: { open: 0, tasks: [] },
  documents: [OLD],
  standing: 'ELIGIBLE',
  pin: 'B122900125',
  author: 'a',
  asRead: null,
};
const READ_BACK: SignedReading = {
  signed: true,
  formCompleted: true,
  pinPresent: true,
  openRouting: 0,
  otherLive: 0,
  declinedResponsibility: true,
  generalPractitioner: 'g',
  careTeam: 'c',
  author: 'a',
  draftOrders: [],
  date: '2026-06-15T12:00:00Z',
  pin: 'B122900125',
  location: 'clinic',
};
const answers = (review: Partial<Reviewed> = {}, readBack: Partial<SignedReading> = {}): Partial<Ehr> => ({
  reviewDraft: async () => ({ ...REVIEW, ...review }),
  sign: async () => undefined,
  readSigned: async () => ({ ...READ_BACK, ...readBack }),
});

it('signs, reads back and tracks the 30 days from the signing instant (P8, P11)', async () => {
  const { ports, state, calls, pins } = stepWorld(leasedCase({ document: 'd0', draft: DRAFT }), answers());
  expect(await signDocument(ports, INPUT)).toEqual({ document: 'd1', expiresAt: '2026-07-15T12:00:00Z' });
  expect(calls).toEqual(['reviewDraft', 'sign', 'readSigned']);
  expect(pins).toMatchObject([{ document: 'd1', ttl: Date.parse('2026-07-15T12:00:00Z') / 1000 }]);
  expect(state.stored).toMatchObject({ document: 'd1', draft: null, message: { kind: 'NEW_PIN', state: 'OWED' } });
});

it('does not sign again after the answer to the signing was lost', async () => {
  const signed = [documentOf('d1', '2026-06-15T12:00:00Z')];
  const { ports, calls } = stepWorld(leasedCase({ document: 'd0', draft: DRAFT }), answers({ documents: signed }));
  expect(await signDocument(ports, INPUT)).toMatchObject({ document: 'd1' });
  expect(calls).toEqual(['reviewDraft', 'readSigned']);
});

it.each<[string, Partial<Reviewed>, new (code: string) => Error]>([
  ['staff signed a newer PIN', { documents: [documentOf('d7', '2026-06-15T11:00:00Z')] }, NewerPinError],
  ['the patient registered', { standing: 'ALREADY_REGISTERED' }, PatientNotEligibleError],
  ['the draft is gone', { draftIntact: false }, DraftGoneError],
  ['the provider of the draft changed', { author: 'other' }, DraftGoneError],
])('signs nothing when %s', async (_case, review, error) => {
  const { ports, calls } = stepWorld(leasedCase({ document: 'd0', draft: DRAFT }), answers(review));
  await expect(signDocument(ports, INPUT)).rejects.toThrow(error);
  expect(calls).toEqual(['reviewDraft']);
});

it('keeps a signing that violates P10–P12 for staff, and says so again when it is repeated', async () => {
  const world = stepWorld(leasedCase({ document: 'd0', draft: DRAFT }), answers({}, { openRouting: 1 }));
  await expect(signDocument(world.ports, INPUT)).rejects.toThrow(PostconditionViolatedError);
  expect(world.state.stored).toMatchObject({ document: 'd1', violations: ['ROUTED'] });
  await expect(signDocument(world.ports, INPUT)).rejects.toThrow(PostconditionViolatedError);
  expect(world.calls.filter((name) => name === 'sign')).toHaveLength(1);
});

/** Every branch of the workflow, by name: what the functions say, the way it takes, and how it ends. */

import { VIOLATIONS } from '../../../functions/domain/chart/chart.ts';
import {
  AddressUnusableError,
  DraftGoneError,
  EhrRejectedError,
  EhrUnavailableError,
  EmailRejectedError,
  LeaseHeldError,
  LeaseLostError,
  NewerPinError,
  NotificationFateUnknownError,
  PatientNotFoundError,
  PostconditionViolatedError,
  ResponsibleProviderUnresolvedError,
  StepContractError,
} from '../../../functions/domain/errors.ts';
import { EMAIL_MISSING_REASONS, HELD_REASONS, NOT_NEEDED_REASONS } from '../../../functions/domain/outcomes.ts';
import { type Answers, decided } from './shipped-workflow.ts';

export interface Branch {
  name: string;
  answers: Answers;
  path: string[];
  /** The execution's output, or the error by which it fails. */
  ends: { outcome: string; reason: string | null } | { error: string; code?: string };
}

const START = ['VerifyEmail', 'CheckExpiry', 'WhatIsDue'];
const UPDATE = [...START, 'RegeneratePin', 'ClearRouting', 'SignDocument'];
const SEND = 'SendEnrollmentNotification';
const DISCARDED = ['DiscardDraft', 'WhatRemains'];
const STAFF = ['NotifyStaff', 'WhatFailed'];
const regenerated = { outcome: 'REGENERATED', reason: null };

/** What DiscardDraft answers: `next`, with the error it was given unless another is said. */
const remains =
  (next: string, more: object = {}) =>
  (event: Record<string, unknown>) => ({ ...(event.decision as object), due: 'DISCARD', next, ...more });
const settled = { reason: null, error: null };

/** Every violation at once makes the longest code. */
const violated = () => new PostconditionViolatedError(VIOLATIONS.join(' '));

const DECIDED_AT_ONCE: Branch[] = [
  { name: 'Happy', answers: {}, path: [...UPDATE, SEND], ends: regenerated },
  {
    name: 'MessageOwed',
    answers: { CheckExpiry: decided('NOTIFY') },
    path: [...START, SEND],
    ends: regenerated,
  },
  ...NOT_NEEDED_REASONS.filter((reason) => reason !== 'IN_PROGRESS').map((reason) => ({
    name: `NotNeeded-${reason}`,
    answers: { CheckExpiry: decided('NOTHING', { reason }) },
    path: [...START, 'NotNeeded'],
    ends: { outcome: 'NOT_NEEDED', reason },
  })),
  ...EMAIL_MISSING_REASONS.map((reason) => ({
    name: `EmailMissing-${reason}`,
    answers: {
      VerifyEmail: { standing: 'ELIGIBLE', address: reason },
      CheckExpiry: decided('REQUEST_EMAIL', { reason }),
      RequestEmail: (event: Record<string, unknown>) => ({ outcome: 'EMAIL_MISSING', reason: event.reason }),
    },
    path: [...START, 'RequestEmail'],
    ends: { outcome: 'EMAIL_MISSING', reason },
  })),
  ...HELD_REASONS.filter((reason) => reason !== 'RESPONSIBLE_PROVIDER_UNRESOLVED').map((reason) => ({
    name: `Held-${reason}`,
    answers: {
      CheckExpiry: decided('HOLD', { reason }),
      HoldForStaff: (event: Record<string, unknown>) => ({ outcome: 'HELD', reason: event.reason }),
    },
    path: [...START, 'HoldForStaff'],
    ends: { outcome: 'HELD', reason },
  })),
  {
    name: 'InProgress',
    answers: { CheckExpiry: new LeaseHeldError('LEASE_HELD') },
    path: ['VerifyEmail', 'CheckExpiry', 'InProgress'],
    ends: { outcome: 'NOT_NEEDED', reason: 'IN_PROGRESS' },
  },
  {
    name: 'UnknownVerdict',
    answers: { CheckExpiry: decided('PERHAPS') },
    path: START,
    ends: { error: 'States.NoChoiceMatched' },
  },
];

const NEWER = decided('DISCARD', { next: 'NOTHING', reason: 'NOT_EXPIRED' });

const DRAFT_DISCARDED: Branch[] = [
  {
    name: 'HeldUnresolvedProvider',
    answers: {
      RegeneratePin: new ResponsibleProviderUnresolvedError('SEVERAL'),
      DiscardDraft: remains('HOLD', { reason: 'RESPONSIBLE_PROVIDER_UNRESOLVED', error: null }),
      HoldForStaff: { outcome: 'HELD', reason: 'RESPONSIBLE_PROVIDER_UNRESOLVED' },
    },
    path: [...START, 'RegeneratePin', ...DISCARDED, 'HoldForStaff'],
    ends: { outcome: 'HELD', reason: 'RESPONSIBLE_PROVIDER_UNRESOLVED' },
  },
  {
    name: 'DiscardedBecauseNewerPin',
    answers: { SignDocument: new NewerPinError('SIGNED_BY_HAND'), DiscardDraft: NEWER },
    path: [...UPDATE, ...DISCARDED, 'NotNeeded'],
    ends: { outcome: 'NOT_NEEDED', reason: 'NOT_EXPIRED' },
  },
  {
    name: 'SignedAfterAll',
    answers: { SignDocument: new EhrUnavailableError('NO_ANSWER_IN_TIME'), DiscardDraft: remains('NOTIFY', settled) },
    path: [...UPDATE, ...DISCARDED, SEND],
    ends: regenerated,
  },
  {
    name: 'SignedAfterAllButViolated',
    answers: {
      SignDocument: new EhrUnavailableError('NO_ANSWER_IN_TIME'),
      DiscardDraft: remains('VIOLATED', {
        reason: null,
        error: { Error: 'PostconditionViolatedError', Cause: VIOLATIONS.join(' ') },
      }),
    },
    path: [...UPDATE, ...DISCARDED, ...STAFF, 'PostconditionViolated'],
    ends: { error: 'PostconditionViolatedError', code: VIOLATIONS.join(' ') },
  },
  {
    name: 'OldDraftThenRegenerated',
    answers: { CheckExpiry: decided('DISCARD', { next: 'REGENERATE' }), DiscardDraft: remains('REGENERATE') },
    path: [...START, ...DISCARDED, 'RegeneratePin', 'ClearRouting', 'SignDocument', SEND],
    ends: regenerated,
  },
  {
    name: 'OldDraftThenEmailMissing',
    answers: {
      CheckExpiry: decided('DISCARD', { next: 'REQUEST_EMAIL', reason: 'NONE' }),
      DiscardDraft: remains('REQUEST_EMAIL'),
      RequestEmail: { outcome: 'EMAIL_MISSING', reason: 'NONE' },
    },
    path: [...START, ...DISCARDED, 'RequestEmail'],
    ends: { outcome: 'EMAIL_MISSING', reason: 'NONE' },
  },
  {
    name: 'RegenerationFailed-RegeneratePin',
    answers: { RegeneratePin: new EhrRejectedError('HTTP_422_business-rule'), DiscardDraft: remains('FAIL') },
    path: [...START, 'RegeneratePin', ...DISCARDED, 'RegenerationFailed'],
    ends: { error: 'EhrRejectedError', code: 'HTTP_422_business-rule' },
  },
  {
    name: 'RegenerationFailed-ClearRouting',
    answers: { ClearRouting: new DraftGoneError('UPDATE_NOT_OPEN'), DiscardDraft: remains('FAIL') },
    path: [...START, 'RegeneratePin', 'ClearRouting', ...DISCARDED, 'RegenerationFailed'],
    ends: { error: 'DraftGoneError', code: 'UPDATE_NOT_OPEN' },
  },
  {
    name: 'UnknownRemainder',
    answers: { SignDocument: new DraftGoneError('DRAFT_NOT_INTACT'), DiscardDraft: remains('PERHAPS') },
    path: [...UPDATE, ...DISCARDED],
    ends: { error: 'States.NoChoiceMatched' },
  },
];

const PERSON_NEEDED: Branch[] = [
  ...[
    { name: 'NotificationRejected', thrown: new EmailRejectedError('MessageRejected') },
    { name: 'NotificationFateUnknown', thrown: new NotificationFateUnknownError('ANSWER_LOST') },
    { name: 'NotificationAddressGone', thrown: new AddressUnusableError('NONE') },
  ].map(({ name, thrown }) => ({
    name,
    answers: { [SEND]: thrown },
    path: [...UPDATE, SEND, ...STAFF, 'NotificationFailed'],
    ends: { error: thrown.name, code: thrown.code },
  })),
  {
    name: 'PostconditionViolated',
    answers: { SignDocument: violated(), NotifyStaff: { task: 'check-signing' } },
    path: [...UPDATE, ...STAFF, 'PostconditionViolated'],
    ends: { error: 'PostconditionViolatedError', code: VIOLATIONS.join(' ') },
  },
];

const lost = new LeaseLostError('LEASE_LOST');
const leaseLost = { error: 'LeaseLostError', code: 'LEASE_LOST' };

const LEASE_LOST: Branch[] = ['RegeneratePin', 'ClearRouting', 'SignDocument', SEND].map((state) => {
  const path = [...UPDATE, SEND];
  return {
    name: `LeaseLost-${state}`,
    answers: { [state]: lost },
    path: [...path.slice(0, path.indexOf(state) + 1), 'LeaseLost'],
    ends: leaseLost,
  };
});

/** Tasks without a Catch for everything fail by the error's own name. */
const BY_OWN_NAME: Branch[] = [
  {
    name: 'PatientNotFound',
    answers: { VerifyEmail: new PatientNotFoundError('HTTP_404') },
    path: ['VerifyEmail'],
    ends: { error: 'PatientNotFoundError', code: 'HTTP_404' },
  },
  {
    name: 'CheckExpiryFailed',
    answers: { CheckExpiry: new EhrRejectedError('TOO_MANY_PAGES') },
    path: ['VerifyEmail', 'CheckExpiry'],
    ends: { error: 'EhrRejectedError', code: 'TOO_MANY_PAGES' },
  },
  {
    name: 'RequestEmailFailed',
    answers: { CheckExpiry: decided('REQUEST_EMAIL', { reason: 'NONE' }), RequestEmail: lost },
    path: [...START, 'RequestEmail'],
    ends: leaseLost,
  },
  {
    name: 'HoldForStaffFailed',
    answers: { CheckExpiry: decided('HOLD', { reason: 'CYCLE_LIMIT' }), HoldForStaff: lost },
    path: [...START, 'HoldForStaff'],
    ends: leaseLost,
  },
  {
    name: 'DiscardDraftFailed',
    answers: { RegeneratePin: new StepContractError('OUTPUT: document'), DiscardDraft: lost },
    path: [...START, 'RegeneratePin', 'DiscardDraft'],
    ends: leaseLost,
  },
  {
    name: 'NotifyStaffFailed',
    answers: { SignDocument: violated(), NotifyStaff: lost },
    path: [...UPDATE, 'NotifyStaff'],
    ends: leaseLost,
  },
];

export const BRANCHES: Branch[] = [
  ...DECIDED_AT_ONCE,
  ...DRAFT_DISCARDED,
  ...PERSON_NEEDED,
  ...LEASE_LOST,
  ...BY_OWN_NAME,
];

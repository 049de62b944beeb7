/** The named errors that each Task of the state machines can throw. The lint allows retriers and catchers for these alone. */
import type { ERROR_NAMES } from './errors.ts';

type ErrorName = (typeof ERROR_NAMES)[number];

/** A wrong input, output or setting. */
const ANY: readonly ErrorName[] = ['StepContractError', 'ConfigurationError'];
/** Reads and conditional writes of the table, KMS, Secrets Manager, Step Functions. */
const AWS: readonly ErrorName[] = ['AwsUnavailableError', 'RecordConflictError'];
/** Reads of the chart; the token request. */
const EHR_READS: readonly ErrorName[] = ['EhrUnavailableError', 'EhrThrottledError', 'EhrRejectedError'];
/** Reads and writes of the chart. Every step of regenerate-pin may open or close a Task for staff. */
const EHR: readonly ErrorName[] = [...EHR_READS, 'EhrConflictError'];
const STEP: readonly ErrorName[] = [...ANY, ...AWS, ...EHR];
/** A step that works under the lease that CheckExpiry took. */
const LEASED: readonly ErrorName[] = [...STEP, 'LeaseLostError'];

/** By the name of the Task state. */
export const STEP_ERRORS: Readonly<Record<string, readonly ErrorName[]>> = {
  VerifyEmail: [...STEP, 'PatientNotFoundError'],
  CheckExpiry: [...STEP, 'LeaseHeldError', 'PatientNotFoundError'],
  RegeneratePin: [...LEASED, 'PatientNotFoundError', 'ResponsibleProviderUnresolvedError'],
  ClearRouting: [...LEASED, 'DraftGoneError', 'RoutingNotEmptyError'],
  SignDocument: [
    ...LEASED,
    'DraftGoneError',
    'NewerPinError',
    'PatientNotEligibleError',
    'PatientNotFoundError',
    'PostconditionViolatedError',
    'RoutingNotEmptyError',
  ],
  SendEnrollmentNotification: [
    ...LEASED,
    'AddressUnusableError',
    'EmailRejectedError',
    'EmailThrottledError',
    'NotificationFateUnknownError',
    'PatientNotFoundError',
  ],
  RequestEmail: LEASED,
  HoldForStaff: LEASED,
  DiscardDraft: [...LEASED, 'PatientNotFoundError'],
  NotifyStaff: LEASED,
  SweepMinute: [...ANY, ...AWS],
  DiscoverPage: [...ANY, ...AWS, ...EHR_READS],
};

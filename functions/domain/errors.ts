/**
 * Every error by which a step can fail. The state machine matches on `name`, so each class sets it by hand
 * (a minifier renames classes) and ERROR_NAMES lists them for the ASL lint.
 *
 * A message is a code and never holds what was read: it ends up in state data and in Step Functions' history.
 */
abstract class StepError extends Error {
  /** A short code that says more than the name, e.g. the HTTP status. Never a value from a chart. */
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** The EHR did not answer, answered 5xx or something that is no FHIR. Retried. */
export class EhrUnavailableError extends StepError {
  override readonly name = 'EhrUnavailableError';
}

/** The EHR asks for fewer requests (429). Retried after 30 s at least. */
export class EhrThrottledError extends StepError {
  override readonly name = 'EhrThrottledError';
}

/** Somebody else changed the resource (409, 412). Retried: the step reads again. */
export class EhrConflictError extends StepError {
  override readonly name = 'EhrConflictError';
}

/** The EHR refuses the request for good (other 4xx, a redirect). Not retried. */
export class EhrRejectedError extends StepError {
  override readonly name = 'EhrRejectedError';
}

/** The EHR does not know the patient (404) or no longer (410). Not retried. */
export class PatientNotFoundError extends StepError {
  override readonly name = 'PatientNotFoundError';
}

/** Names stand in "Route to" after they were removed (P10): the EHR routes late. Retried. */
export class RoutingNotEmptyError extends StepError {
  override readonly name = 'RoutingNotEmptyError';
}

/** The rule of P5 names no single active provider. A person decides; not retried. */
export class ResponsibleProviderUnresolvedError extends StepError {
  override readonly name = 'ResponsibleProviderUnresolvedError';
}

/** Somebody signed a newer PIN while we worked; ours is to be discarded. Not retried. */
export class NewerPinError extends StepError {
  override readonly name = 'NewerPinError';
}

/** The patient registered, opted out or died while we worked: no PIN is for them. Not retried; DiscardDraft looks. */
export class PatientNotEligibleError extends StepError {
  override readonly name = 'PatientNotEligibleError';
}

/** The draft that was to be signed or ended is gone or no draft any more. Not retried; DiscardDraft looks. */
export class DraftGoneError extends StepError {
  override readonly name = 'DraftGoneError';
}

/** The document is signed, but not as P10–P12 demand. A person checks; never retried, never discarded. */
export class PostconditionViolatedError extends StepError {
  override readonly name = 'PostconditionViolatedError';
}

/** Another execution holds the patient's lease. Retried for a minute, then IN_PROGRESS. */
export class LeaseHeldError extends StepError {
  override readonly name = 'LeaseHeldError';
}

/** The lease that this execution had is another's now: it may not write any more. Not retried. */
export class LeaseLostError extends StepError {
  override readonly name = 'LeaseLostError';
}

/** The record changed between reading and writing. Retried: the step reads again. */
export class RecordConflictError extends StepError {
  override readonly name = 'RecordConflictError';
}

/** DynamoDB, Step Functions, KMS or Secrets Manager could not be reached or throttles. Retried. */
export class AwsUnavailableError extends StepError {
  override readonly name = 'AwsUnavailableError';
}

/** SES asks for fewer mails or could not be reached before the first byte. Retried; nothing was sent. */
export class EmailThrottledError extends StepError {
  override readonly name = 'EmailThrottledError';
}

/** SES refuses this mail or address for good; nothing was sent. Not retried. */
export class EmailRejectedError extends StepError {
  override readonly name = 'EmailRejectedError';
}

/** The address that was usable when the case began is not any more. Not retried. */
export class AddressUnusableError extends StepError {
  override readonly name = 'AddressUnusableError';
}

/** The mail left and no answer came: sent or not, nobody can know. Never retried; a person resends or acknowledges. */
export class NotificationFateUnknownError extends StepError {
  override readonly name = 'NotificationFateUnknownError';
}

/** SES tells of a mail that the record does not know yet: events may be faster. Told again, until the mail is ten minutes old. */
export class MessageUnknownError extends StepError {
  override readonly name = 'MessageUnknownError';
}

/** A step got an input, or made an output, that its schema refuses: a bug or a hand-written input. Not retried. */
export class StepContractError extends StepError {
  override readonly name = 'StepContractError';
}

/** A setting is missing or malformed; `code` names it. Not retried. */
export class ConfigurationError extends StepError {
  override readonly name = 'ConfigurationError';
}

/** What a person asked for does not fit the case as it stands, e.g. a release of what is not held. Not retried. */
export class DecisionRefusedError extends StepError {
  override readonly name = 'DecisionRefusedError';
}

/** A cursor that was not given by the list it came back to. Not retried. */
export class WrongCursorError extends StepError {
  override readonly name = 'WrongCursorError';
}

export const ERROR_NAMES = [
  'EhrUnavailableError',
  'EhrThrottledError',
  'EhrConflictError',
  'EhrRejectedError',
  'PatientNotFoundError',
  'RoutingNotEmptyError',
  'ResponsibleProviderUnresolvedError',
  'NewerPinError',
  'PatientNotEligibleError',
  'DraftGoneError',
  'PostconditionViolatedError',
  'LeaseHeldError',
  'LeaseLostError',
  'RecordConflictError',
  'AwsUnavailableError',
  'EmailThrottledError',
  'EmailRejectedError',
  'AddressUnusableError',
  'NotificationFateUnknownError',
  'MessageUnknownError',
  'StepContractError',
  'ConfigurationError',
  'DecisionRefusedError',
  'WrongCursorError',
] as const;

/** Whether a thrown value is one of ours, so that its code may be shown. */
export function isStepError(error: unknown): error is StepError {
  return error instanceof StepError;
}

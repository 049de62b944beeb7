/**
 * Every named error a step can throw. The state machine matches on `name`, so each class sets it by hand
 * (a minifier renames classes) and ERROR_NAMES lists them for the ASL lint.
 *
 * A message is a code and never holds chart content: it ends up in state data and in Step Functions' history.
 */
abstract class StepError extends Error {
  /** A short code that adds to the name, e.g. the HTTP status. Never a value from a chart. */
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** The EHR did not answer, answered 5xx or an answer that is not FHIR. Retried. */
export class EhrUnavailableError extends StepError {
  override readonly name = 'EhrUnavailableError';
}

/** The EHR asks for fewer requests (429). Retried after 30 s at least. */
export class EhrThrottledError extends StepError {
  override readonly name = 'EhrThrottledError';
}

/** The resource changed in the meantime (409, 412). Retried: the step reads again. */
export class EhrConflictError extends StepError {
  override readonly name = 'EhrConflictError';
}

/** The EHR refuses the request permanently (other 4xx, a redirect). Not retried. */
export class EhrRejectedError extends StepError {
  override readonly name = 'EhrRejectedError';
}

/** The patient is unknown (404) or deleted (410) in the EHR. Not retried. */
export class PatientNotFoundError extends StepError {
  override readonly name = 'PatientNotFoundError';
}

/** "Route to" holds names after they were removed (P10): the EHR routes late. Retried. */
export class RoutingNotEmptyError extends StepError {
  override readonly name = 'RoutingNotEmptyError';
}

/** The rule of P5 finds no single active provider. Staff decide; not retried. */
export class ResponsibleProviderUnresolvedError extends StepError {
  override readonly name = 'ResponsibleProviderUnresolvedError';
}

/** Staff signed a newer PIN meanwhile; our draft must be discarded. Not retried. */
export class NewerPinError extends StepError {
  override readonly name = 'NewerPinError';
}

/** The patient registered, opted out or died meanwhile: no PIN is needed. Not retried; DiscardDraft decides. */
export class PatientNotEligibleError extends StepError {
  override readonly name = 'PatientNotEligibleError';
}

/** The draft to be ended or signed is gone, or is no longer a draft. Not retried; DiscardDraft decides. */
export class DraftGoneError extends StepError {
  override readonly name = 'DraftGoneError';
}

/** The document is signed but violates P10–P12. Staff check it; never retried, never discarded. */
export class PostconditionViolatedError extends StepError {
  override readonly name = 'PostconditionViolatedError';
}

/** Another execution holds the patient's lease. Retried for a minute, then IN_PROGRESS. */
export class LeaseHeldError extends StepError {
  override readonly name = 'LeaseHeldError';
}

/** Another execution took this one's lease, so it may no longer write. Not retried. */
export class LeaseLostError extends StepError {
  override readonly name = 'LeaseLostError';
}

/** The record changed between read and write. Retried: the step reads again. */
export class RecordConflictError extends StepError {
  override readonly name = 'RecordConflictError';
}

/** A stored item does not fit its schema. The code is the item's key, which holds opaque ids only. Not retried. */
export class RecordUnreadableError extends StepError {
  override readonly name = 'RecordUnreadableError';
}

/** DynamoDB, Step Functions, KMS or Secrets Manager could not be reached or throttled the call. Retried. */
export class AwsUnavailableError extends StepError {
  override readonly name = 'AwsUnavailableError';
}

/** SES throttled the call or could not be reached before the first byte. Nothing was sent. Retried. */
export class EmailThrottledError extends StepError {
  override readonly name = 'EmailThrottledError';
}

/** SES refuses this mail or address permanently. Nothing was sent. Not retried. */
export class EmailRejectedError extends StepError {
  override readonly name = 'EmailRejectedError';
}

/** The address was usable when the case started but no longer is. Not retried. */
export class AddressUnusableError extends StepError {
  override readonly name = 'AddressUnusableError';
}

/** The mail was handed over but no answer came: delivery is unknown. Never retried; staff resend it or mark the patient as informed. */
export class NotificationFateUnknownError extends StepError {
  override readonly name = 'NotificationFateUnknownError';
}

/** An SES event about a mail without a record yet: events can be faster. Redelivered until the mail is ten minutes old. */
export class MessageUnknownError extends StepError {
  override readonly name = 'MessageUnknownError';
}

/** A step's input or output does not match its schema: a bug or a hand-written input. Not retried. */
export class StepContractError extends StepError {
  override readonly name = 'StepContractError';
}

/** A setting is missing or malformed; `code` names every such variable. Not retried. */
export class ConfigurationError extends StepError {
  override readonly name = 'ConfigurationError';
}

/** A staff request does not fit the current case, e.g. a release of a case not on hold. Not retried. */
export class DecisionRefusedError extends StepError {
  override readonly name = 'DecisionRefusedError';
}

/** A cursor that this list did not issue. Not retried. */
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
  'RecordUnreadableError',
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

/** Whether a thrown value is one of these errors, so its code may be shown. */
export function isStepError(error: unknown): error is StepError {
  return error instanceof StepError;
}

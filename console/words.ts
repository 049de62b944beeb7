/** The codes of the API in words of the practice. A code that is not here is shown as it is. */
import type { Action, Todo } from '../functions/domain/case/work.ts';

interface TodoWords {
  /** Heading of a group on Today. */
  title: string;
  /** What the person does, and what happens then. */
  how: string;
}

export const TODO_WORDS: Record<Todo, TodoWords> = {
  'enter-email': {
    title: 'Enter an email address',
    how: 'The chart has no usable email address. Enter one in the EHR; the case then resumes automatically.',
  },
  'resolve-provider': {
    title: 'Name the responsible provider',
    how: 'No single active provider is responsible. Correct the chart in the EHR; the case then resumes automatically.',
  },
  'review-chart': {
    title: 'Correct the chart',
    how: 'A PIN document of the chart has no usable date. Correct it in the EHR, then release the hold.',
  },
  'check-signing': {
    title: 'Check a signing',
    how: 'A signed document is not as it must be; the patient’s page says what is wrong. Correct the chart, then release the hold.',
  },
  'notify-patient': {
    title: 'Tell the patient',
    how: 'A new PIN was issued, but delivery is unconfirmed. Call the patient and mark them as informed, or send the notification again.',
  },
  decide: {
    title: 'Decide next step',
    how: 'Several PINs in a row went unused, or several attempts failed. Release the hold to go on; otherwise nothing happens.',
  },
  'see-failure': {
    title: 'Review failure',
    how: 'The execution failed and left nothing half-done. It is tried again by itself the next day, or now by a redrive.',
  },
};

interface ActionWords {
  /** On the button. */
  verb: string;
  /** What it does, shown before the decision. */
  effect: string;
}

export const ACTION_WORDS: Record<Action, ActionWords> = {
  regenerate: {
    verb: 'Regenerate PIN',
    effect:
      'Takes the patient through the whole procedure now. With force they get a new PIN although the old one is valid.',
  },
  redrive: {
    verb: 'Try again',
    effect: 'Starts a fresh execution for this patient. It looks at everything anew and goes on from what it finds.',
  },
  resend: {
    verb: 'Resend notification',
    effect: 'Sends the notification of the patient’s living PIN once more. The PIN stays as it is.',
  },
  release: {
    verb: 'Release hold',
    effect: 'Resets the counts of failures and unused PINs, marks the signature as verified, and resumes the case.',
  },
  acknowledge: {
    verb: 'Mark patient as informed',
    effect: 'Records that staff told the patient. No further mail is sent, and the Task is closed.',
  },
};

export const REFUSAL_WORDS: Record<string, string> = {
  IN_PROGRESS: 'An execution works on this patient right now.',
  NOT_HELD: 'The case is not held any more.',
  NO_MESSAGE: 'There is no notification that could be sent again.',
  PIN_EXPIRED: 'The PIN has expired; regenerate it instead.',
  NOTHING_TO_ACKNOWLEDGE: 'Nothing waits for an acknowledgement any more.',
};

const OUTCOME_WORDS: Record<string, string> = {
  REGENERATED: 'Regenerated',
  NOT_NEEDED: 'Not needed',
  EMAIL_MISSING: 'Email missing',
  HELD: 'Held',
  FAILED: 'Failed',
  RUNNING: 'Running',
  SUCCEEDED: 'Succeeded',
  TIMED_OUT: 'Timed out',
  ABORTED: 'Stopped',
  LATER: 'Ended later',
};

const REASON_WORDS: Record<string, string> = {
  NOT_EXPIRED: 'the PIN is younger than 30 days',
  NEVER_ISSUED: 'no PIN was ever issued',
  ALREADY_REGISTERED: 'the patient has registered',
  OPTED_OUT: 'the patient does not want the portal',
  DECEASED: 'the patient has died',
  INACTIVE: 'the chart is not active',
  MERGED: 'merged into another chart',
  IN_PROGRESS: 'another execution was at work',
  NONE: 'no address is entered',
  INVALID: 'invalid email address',
  SUPPRESSED: 'every address was refused or is marked undeliverable',
  RESPONSIBLE_PROVIDER_UNRESOLVED: 'no single responsible provider',
  CHART_UNCLEAR: 'the chart is unclear',
  CYCLE_LIMIT: 'several PINs in a row went unused',
  ATTEMPTS_EXHAUSTED: 'too many attempts failed',
};

/** Why a sweep's look at a patient ended as it did. */
export const LOOK_WORDS: Record<string, string> = {
  STARTED: 'started',
  RUNNING: 'already running',
  NOT_DUE: 'not due',
  PAUSED: 'paused',
  FAILED: 'could not be started',
};

export const STOP_WORDS: Record<string, string> = {
  PAUSED: 'stopped by the pause',
  DAILY_LIMIT: 'stopped by the daily limit',
};

export const outcomeWords = (outcome: string) => OUTCOME_WORDS[outcome] ?? outcome;
export const reasonWords = (reason: string) => REASON_WORDS[reason] ?? reason;

/** `HELD/CYCLE_LIMIT`, as reports name it. */
export function endingWords(key: string): string {
  const [outcome = '', reason] = key.split('/', 2);
  return reason === undefined ? outcomeWords(outcome) : `${outcomeWords(outcome)}: ${reasonWords(reason)}`;
}

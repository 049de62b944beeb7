/**
 * The Email Enrollment Notification (P14). No PIN, no name, no specialty, nothing medical: a mail is a postcard. It says
 * that a PIN is ready or about to expire, until when, where to get it, and the number to call.
 */
import Mustache from 'mustache';
import type { MessageKind } from '../domain/case/account.ts';
import type { Language } from '../domain/email/language.ts';
import { StepContractError } from '../domain/errors.ts';
import { millisecondsOf } from '../domain/time/instant.ts';
import type { Mail } from '../ports/email/mailer.ts';
import type { Policy } from '../runtime/policy.ts';
import { oneLine, senderOf } from './sender.ts';
import { HTML, TEXT } from './templates.ts';
import { WORDING } from './wording.ts';

export interface EnrollmentMailFacts {
  to: string;
  kind: MessageKind;
  language: Language;
  /** When the PIN dies, UTC; written as day and time in the practice's time zone. */
  expiresAt: string;
  /** Where the patient gets the PIN. */
  link: string;
  policy: Pick<Policy, 'practice' | 'timeZone'>;
}

/** Throws StepContractError when `expiresAt` is no instant: no day is better than a wrong one. */
export function enrollmentMail({ to, kind, language, expiresAt, link, policy }: EnrollmentMailFacts): Mail {
  const { practice, timeZone } = policy;
  const { locale, common, kinds } = WORDING[language];
  const facts = {
    practice: oneLine(practice.name),
    phone: oneLine(practice.phone),
    ...expiry(expiresAt, locale, timeZone),
  };
  const words = Object.fromEntries(
    Object.entries({ ...common, ...kinds[kind] }).map(([name, text]) => [name, filled(text, facts)]),
  );
  const view = { ...words, ...facts, language, link };
  return {
    to,
    from: senderOf(practice.name, practice.sender),
    subject: words.subject ?? '',
    text: filled(TEXT, view),
    html: Mustache.render(HTML, view, {}, { escape: escaped }),
  };
}

/** As in "December 10, 2026" and "December 10, 2026 at 5:00 AM EST". */
function expiry(expiresAt: string, locale: string, timeZone: string): { day: string; until: string } {
  const expires = millisecondsOf(expiresAt);
  if (expires === null) throw new StepContractError('EXPIRY_UNKNOWN');
  const day = { year: 'numeric', month: 'long', day: 'numeric', timeZone } as const;
  // With the time: a PIN made by an early sweep is dead for nearly all of its last day.
  const time = { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' } as const;
  const written = (options: Intl.DateTimeFormatOptions) =>
    // Some versions of Node part "AM" by a space that few fonts have; and Spanish counts one hour as one.
    oneLine(new Intl.DateTimeFormat(locale, options).format(expires)).replace(/ a las (?=1:)/, ' a la ');
  return { day: written(day), until: written({ ...day, ...time }) };
}

/** Plain text: nothing is markup, so nothing is escaped. */
function filled(template: string, view: object): string {
  return Mustache.render(template, view, {}, { escape: (value) => String(value) });
}

/**
 * A practice's name may hold what HTML takes for markup. Mustache's own escape also writes `/` as an entity, which in an
 * address looks to mail filters like something to hide.
 */
function escaped(value: unknown): string {
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

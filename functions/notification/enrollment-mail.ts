/**
 * The Email Enrollment Notification (P14). No PIN, no name, no specialty, nothing medical: a mail is a postcard. It
 * says that a new access code is ready, until when, where the portal is, and whom to call.
 */
import { StepContractError } from '../domain/errors.ts';
import { millisecondsOf } from '../domain/instant.ts';
import type { Mail } from '../ports.ts';
import type { Policy } from '../runtime/policy.ts';

/** As in "December 10, 2026 at 5:00 AM EST". */
const DAY_AND_TIME = {
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
} as const;

export interface EnrollmentMailFacts {
  to: string;
  /** When the PIN dies, UTC; written as day and time in the practice's time zone. */
  expiresAt: string;
  /** Of the page that shows the PIN. */
  link: string;
  policy: Pick<Policy, 'practice' | 'timeZone'>;
}

/** Throws StepContractError when `expiresAt` is no instant: no day is better than a wrong one. */
export function enrollmentMail({ to, expiresAt, link, policy }: EnrollmentMailFacts): Mail {
  const { name, phone, sender } = policy.practice;
  const expires = millisecondsOf(expiresAt);
  if (expires === null) throw new StepContractError('EXPIRY_UNKNOWN');
  // With the time: a PIN made by an early sweep is dead for nearly all of its last day.
  const until = new Intl.DateTimeFormat('en-US', { ...DAY_AND_TIME, timeZone: policy.timeZone }).format(expires);
  const paragraphs = [
    'Hello,',
    `your access to the patient portal of ${name} has been renewed.`,
    `Get your PIN at ${link} by ${until}. After that the invitation ends and a new one is needed.`,
    `Questions, or not expecting this message? Call ${name} at ${phone}.`,
  ];
  return {
    to,
    from: sender,
    subject: `${name}: your patient portal invitation`,
    text: `${paragraphs.join('\n\n')}\n`,
    html: page(
      name,
      paragraphs.map((paragraph) => linked(paragraph, link)),
    ),
  };
}

function page(title: string, paragraphs: string[]): string {
  const body = paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('\n');
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head>\n<body>\n${body}\n</body></html>\n`;
}

function linked(paragraph: string, url: string): string {
  // By a function: in a replacement text, $& and its like would be read as patterns.
  return escaped(paragraph).replace(escaped(url), (found) => `<a href="${found}">${found}</a>`);
}

/** A practice's name may hold what HTML takes for markup. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

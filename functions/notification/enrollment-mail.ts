/**
 * The Email Enrollment Notification (P14). No PIN, no name, no specialty, nothing medical: a mail is a postcard. It
 * says that a new access code is ready, until when, where the portal is, and whom to call.
 */
import { millisecondsOf } from '../domain/instant.ts';
import type { Mail } from '../ports.ts';
import type { Policy } from '../runtime/policy.ts';

export interface EnrollmentMailFacts {
  to: string;
  /** When the PIN dies, UTC; written as a day in the practice's time zone. */
  expiresAt: string;
  policy: Pick<Policy, 'practice' | 'timeZone'>;
}

export function enrollmentMail({ to, expiresAt, policy }: EnrollmentMailFacts): Mail {
  const { name, phone, portalUrl, sender } = policy.practice;
  const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: policy.timeZone }).format(
    millisecondsOf(expiresAt) ?? undefined,
  );
  const paragraphs = [
    'Hello,',
    `your access to the patient portal of ${name} has been renewed.`,
    `Sign up at ${portalUrl} by ${day}. After that day the invitation ends and a new one is needed.`,
    `Questions, or not expecting this message? Call ${name} at ${phone}.`,
  ];
  return {
    to,
    from: sender,
    subject: `${name}: your patient portal invitation`,
    text: `${paragraphs.join('\n\n')}\n`,
    html: page(
      name,
      paragraphs.map((paragraph) => linked(paragraph, portalUrl)),
    ),
  };
}

function page(title: string, paragraphs: string[]): string {
  const body = paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('\n');
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head>\n<body>\n${body}\n</body></html>\n`;
}

function linked(paragraph: string, url: string): string {
  return escaped(paragraph).replace(escaped(url), `<a href="${escaped(url)}">${escaped(url)}</a>`);
}

/** A practice's name may hold what HTML takes for markup. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

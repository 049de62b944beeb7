import { describe, expect, it } from 'vitest';
import { MESSAGE_KINDS, type MessageKind } from '../../../../functions/domain/case/account.ts';
import { LANGUAGES, type Language } from '../../../../functions/domain/email/language.ts';
import { type EnrollmentMailFacts, enrollmentMail } from '../../../../functions/notification/enrollment-mail.ts';

const practice = {
  name: 'Riverside Practice',
  phone: '(212) 555-0134',
  portalUrl: 'https://portal.example.com/enroll',
  sender: 'portal@example.com',
};
const LINK = 'https://pickup.example.com/pickup/Zm9yIGEgdGVzdA';
const FACTS: EnrollmentMailFacts = {
  to: 'pat@example.com',
  kind: 'NEW_PIN',
  language: 'en',
  expiresAt: '2026-07-15T12:00:00Z',
  link: LINK,
  policy: { practice, timeZone: 'America/New_York' },
};
const mailOf = (
  more: Partial<EnrollmentMailFacts> = {},
  named: Partial<typeof practice> = {},
  zone = 'America/New_York',
) => enrollmentMail({ ...FACTS, policy: { practice: { ...practice, ...named }, timeZone: zone }, ...more });

/** What a person reads of the HTML, without what is hidden: the preview line. */
function shown(html: string): string {
  const body = html
    .slice(html.indexOf('<body'))
    .replace(/<!--.*?-->/gs, '')
    .replace(/<div style="display:none.*?<\/div>/s, '');
  return decoded(body.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}
const decoded = (html: string) => html.replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)));

const ALL = LANGUAGES.flatMap((language) => MESSAGE_KINDS.map((kind) => [kind, language] as const));

describe.each(ALL)('the Email Enrollment Notification (P14), %s, %s', (kind, language) => {
  const mail = mailOf({ kind, language });

  it('gives sender, expiry, place and phone number, in both parts', () => {
    expect(mail).toMatchObject({ to: 'pat@example.com', from: '"Riverside Practice" <portal@example.com>' });
    const until = { en: 'July 15, 2026 at 8:00 AM EDT', es: '15 de julio de 2026 a las 8:00 a.m. EDT' }[language];
    for (const part of [mail.text, shown(mail.html)]) {
      for (const fact of [practice.name, practice.phone, LINK, until]) expect(part).toContain(fact);
    }
  });

  it('says the same in both parts, word by word', () => {
    const sentences = mail.text.split('\n').filter((line) => line !== '' && !line.endsWith(':') && line !== LINK);
    expect(sentences.length).toBeGreaterThanOrEqual(7);
    const html = shown(mail.html);
    for (const sentence of sentences) expect(html).toContain(sentence.replace(/\.$/, ''));
  });

  it('has its link on a line of its own, once, and one call to action', () => {
    expect(mail.text.split('\n').filter((line) => line === LINK)).toHaveLength(1);
    expect([...mail.html.matchAll(/<a\s[^>]*href="([^"]*)"/g)].map(([, href]) => href)).toEqual([LINK]);
  });

  it('is written in its language', () => {
    expect(mail.html).toMatch(new RegExp(`^<!doctype html>\\s*<html lang="${language}" dir="ltr"`));
    const own = { en: /\byour\b.*\baccess\b/i, es: /\bsu\b.*\bacceso\b/i };
    for (const part of [mail.subject, mail.text, mail.html]) expect(part).toMatch(own[language]);
    const other = language === 'en' ? own.es : own.en;
    for (const part of [mail.subject, mail.text, shown(mail.html)]) expect(part).not.toMatch(other);
  });

  it('leaves no tag unfilled and fills none with nothing', () => {
    for (const part of [mail.subject, mail.text, mail.html]) expect(part).not.toMatch(/\{\{|\}\}|undefined|null|NaN/);
    expect(mail.text).not.toMatch(/ {2}|\n\n\n/);
  });

  it('gives away no patient, no specialty, nothing medical and no PIN', () => {
    const said = `${mail.subject}\n${mail.text}\n${shown(mail.html)}`;
    expect(said).not.toMatch(/pat@example\.com|\bPIN\b|[A-Z]\d{9}/);
    expect(said).not.toMatch(
      /doctor|médico\b|cardio|oncol|psych|psiq|diagnos|appointment|cita\b|result|test|treat|tratam/i,
    );
    // The subject stands on locked phones: it does not even name the practice.
    expect(mail.subject).not.toContain('Riverside');
  });
});

describe('what each kind says', () => {
  const KINDS: [MessageKind, Language, RegExp, RegExp][] = [
    ['NEW_PIN', 'en', /is ready$/, /Your earlier code has expired\./],
    ['NEW_PIN', 'es', /está listo$/, /Su código anterior ya venció\./],
    [
      'REQUESTED',
      'en',
      /^Your new access code .* is ready$/,
      /was requested for you\. Your earlier code no longer works\./,
    ],
    [
      'REQUESTED',
      'es',
      /^Su nuevo código de acceso .* está listo$/,
      /Se solicitó .* Su código anterior ya no funciona\./,
    ],
    ['REMINDER', 'en', /^Reminder: .* ends on July 15, 2026$/, /have not signed up .* still works\./],
    [
      'REMINDER',
      'es',
      /^Recordatorio: .* termina el 15 de julio de 2026$/,
      /todavía no se ha registrado .* sigue siendo válido\./,
    ],
  ];
  it.each(KINDS)('%s, %s', (kind, language, subject, message) => {
    const mail = mailOf({ kind, language });
    expect(mail.subject).toMatch(subject);
    expect(mail.text).toMatch(message);
    expect(shown(mail.html)).toMatch(message);
  });
});

describe('the day on which the PIN expires', () => {
  it.each<[string, string, Language, string]>([
    ['2026-07-15T03:59:59Z', 'America/New_York', 'en', 'July 14, 2026 at 11:59 PM EDT'],
    ['2026-07-15T04:00:00Z', 'America/New_York', 'en', 'July 15, 2026 at 12:00 AM EDT'],
    ['2026-01-15T04:59:59Z', 'America/New_York', 'en', 'January 14, 2026 at 11:59 PM EST'],
    ['2026-12-31T11:00:00Z', 'Pacific/Auckland', 'en', 'January 1, 2027 at 12:00 AM GMT+13'],
    // The hour that comes twice.
    ['2026-11-01T05:30:00Z', 'America/New_York', 'en', 'November 1, 2026 at 1:30 AM EDT'],
    ['2026-11-01T06:30:00Z', 'America/New_York', 'en', 'November 1, 2026 at 1:30 AM EST'],
    ['2026-07-15T12:00:00Z', 'America/Los_Angeles', 'es', '15 de julio de 2026 a las 5:00 a.m. PDT'],
    ['2026-07-15T17:30:00Z', 'America/New_York', 'es', '15 de julio de 2026 a la 1:30 p.m. EDT'],
    ['2026-07-15T15:30:00Z', 'America/New_York', 'es', '15 de julio de 2026 a las 11:30 a.m. EDT'],
  ])('%s in %s, %s: %s', (expiresAt, timeZone, language, until) => {
    const mail = mailOf({ expiresAt, language, kind: 'REMINDER' }, {}, timeZone);
    expect(mail.text).toContain(`${until}.`);
    expect(shown(mail.html)).toContain(until);
    const day = until.split(/ at | a las? /)[0] ?? '';
    expect(mail.subject.endsWith(day)).toBe(true);
  });

  it.each(['', 'soon'])('is never an invalid one (%j)', (expiresAt) => {
    expect(() => mailOf({ expiresAt })).toThrow(
      expect.objectContaining({ name: 'StepContractError', message: 'EXPIRY_UNKNOWN' }),
    );
  });
});

describe('what a practice wrote into its policy', () => {
  const name = `Smith & Sons <b>"Best"</b> O'Neil <script>alert(1)</script> {{link}} {{{link}}} $& \${x}`;

  it('is shown as it is, and is neither markup nor a tag', () => {
    const { html, text } = mailOf({}, { name });
    expect(text).toContain(name);
    expect(shown(html)).toContain(name);
    const tags = (of: string) => [...of.matchAll(/<\/?[a-z][a-z0-9:]*/gi)].map(([tag]) => tag);
    expect(tags(html)).toEqual(tags(mailOf().html));
  });

  it('cannot leave an attribute of the link', () => {
    const link = `https://portal.example.com/?a=1&b="2"'><script>$&/$1$$`;
    const { html } = mailOf({ link });
    const [, href = ''] = /<a\s[^>]*href="([^"]*)"/.exec(html) ?? [];
    expect(decoded(href)).toBe(link);
    expect(html).not.toContain('<script>');
  });

  it.each([
    ['Evil\r\nBcc: everybody@example.com'],
    ['Evil\nBcc: everybody@example.com'],
    ['Evil\u2028Bcc: everybody@example.com'],
    ['Evil\u0000\u0007Bcc: everybody@example.com'],
    ['Praxis Müller\r\nBcc: everybody@example.com'],
  ])('begins no header of its own (%j)', (evil) => {
    for (const [kind, language] of ALL) {
      const { from, subject, to, text } = mailOf({ kind, language }, { name: evil, phone: `1${evil}` });
      for (const header of [from, subject, to]) expect(header).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(from).toMatch(/ <portal@example\.com>$/);
      expect(text.split(/\r|\n|\u2028/).filter((line) => line.startsWith('Bcc'))).toEqual([]);
    }
  });
});

describe('what stands in no mail', () => {
  it('has no place: the type takes address, kind, language, expiry, link and practice', () => {
    const facts: Record<keyof EnrollmentMailFacts, true> = {
      ...{ to: true, kind: true, language: true, expiresAt: true, link: true, policy: true },
    };
    expect(Object.keys(facts)).toHaveLength(6);
    const smuggled = { ...FACTS, pin: 'Q987654321', name: 'Zebediah' };
    const mail = enrollmentMail(smuggled);
    expect(JSON.stringify(mail)).not.toMatch(/Q987654321|Zebediah/);
    expect(Object.keys(mail).toSorted()).toEqual(['from', 'html', 'subject', 'text', 'to']);
  });

  it('nothing is loaded from elsewhere, nothing is tracked, nothing runs', () => {
    for (const [kind, language] of ALL) {
      const { html } = mailOf({ kind, language });
      expect(html).not.toMatch(
        /<(img|link|script|iframe|form|object|svg|base)\b|src=|url\(|@import|@font-face|\son\w+=/i,
      );
      const urls = [...html.matchAll(/https?:\/\/[^"'<\s]+/g)].map(([url]) => url);
      // XML's name in the frame that Outlook reads; nothing is fetched for it.
      expect(new Set(urls)).toEqual(new Set(['http://www.w3.org/1999/xhtml', LINK]));
    }
  });

  it('no line is longer than SMTP takes, and the whole is far below where Gmail cuts', () => {
    for (const [kind, language] of ALL) {
      const { html, text } = mailOf({ kind, language });
      for (const line of `${html}\n${text}`.split('\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(998);
      // 102 KB: https://developers.google.com/gmail; a cut mail hides its end.
      expect(Buffer.byteLength(html)).toBeLessThan(20_000);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { type EnrollmentMailFacts, enrollmentMail } from '../../functions/notification/enrollment-mail.ts';

const practice = {
  name: 'Riverside Family Practice',
  phone: '(212) 555-0134',
  portalUrl: 'https://portal.example.com/enroll',
  sender: 'portal@example.com',
};
const LINK = 'https://pickup.example.com/pickup/AbC';
const mailOf = (
  more: Partial<typeof practice> = {},
  expiresAt = '2026-07-15T12:00:00Z',
  timeZone = 'America/New_York',
  link = LINK,
) =>
  enrollmentMail({ to: 'pat@example.com', expiresAt, link, policy: { practice: { ...practice, ...more }, timeZone } });

describe('the Email Enrollment Notification (P14)', () => {
  it('says that access was renewed, until when, where, and whom to call', () => {
    const mail = mailOf();
    expect(mail).toMatchObject({
      to: 'pat@example.com',
      from: 'portal@example.com',
      subject: 'Riverside Family Practice: your patient portal invitation',
    });
    for (const part of [mail.text, mail.html]) {
      for (const fact of [practice.name, practice.phone, LINK, 'July 15, 2026']) {
        expect(part).toContain(fact);
      }
    }
  });

  it.each([
    ['2026-07-15T03:59:59Z', 'America/New_York', 'July 14, 2026'],
    ['2026-07-15T04:00:00Z', 'America/New_York', 'July 15, 2026'],
    ['2026-01-15T04:59:59Z', 'America/New_York', 'January 14, 2026'],
    ['2026-12-31T11:00:00Z', 'Pacific/Auckland', 'January 1, 2027'],
    ['2026-11-02T04:30:00Z', 'America/New_York', 'November 1, 2026'],
  ])('names the day of %s in %s', (expiresAt, timeZone, day) => {
    const mail = mailOf({}, expiresAt, timeZone);
    expect(mail.text).toContain(`by ${day} at `);
    expect(mail.html).toContain(`by ${day} at `);
  });

  it.each(['', 'soon'])('never names a day that nobody knows (%j)', (expiresAt) => {
    expect(() => mailOf({}, expiresAt)).toThrow(
      expect.objectContaining({ name: 'StepContractError', message: 'EXPIRY_UNKNOWN' }),
    );
  });

  it('is HTML that shows what the practice wrote, and runs nothing of it', () => {
    const name = `Smith & Sons <b>"Best"</b> O'Neil <script>alert(1)</script>`;
    const { html, text } = mailOf({ name }, undefined, undefined, 'https://portal.example.com/?a=1&b="2"');
    expect(text).toContain(name);
    const tags = [...html.matchAll(/<\/?([a-z]+)/g)].map((match) => match[1]);
    expect([...new Set(tags)].toSorted()).toEqual(['a', 'body', 'head', 'html', 'meta', 'p', 'title']);
    const shown = html.replace(/<[^>]*>/g, '').replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)));
    expect(shown).toContain(name);
    expect(html).toContain('<a href="https://portal.example.com/?a=1&#38;b=&#34;2&#34;">');
  });

  it('keeps a dollar sign of the URL as it is', () => {
    const link = "https://portal.example.com/$&/$1$$/$'";
    const { html } = mailOf({}, undefined, undefined, link);
    const shown = html.replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)));
    expect(shown).toContain(`<a href="${link}">${link}</a>`);
  });

  it('has no place for a PIN, a name or anything of the chart', () => {
    // The type is the proof: address, instant, link and practice are all that it takes.
    const facts: Record<keyof EnrollmentMailFacts, true> = { to: true, expiresAt: true, link: true, policy: true };
    expect(Object.keys(facts)).toHaveLength(4);
    const smuggled = {
      link: LINK,
      to: 'pat@example.com',
      expiresAt: '2026-07-15T12:00:00Z',
      pin: 'Q987654321',
      name: 'Zebediah',
    };
    const mail = enrollmentMail({ ...smuggled, policy: { practice, timeZone: 'UTC' } });
    expect(JSON.stringify(mail)).not.toMatch(/Q987654321|Zebediah/);
    expect(mail.text + mail.html + mail.subject).not.toContain('pat@example.com');
    expect(Object.keys(mail).toSorted()).toEqual(['from', 'html', 'subject', 'text', 'to']);
  });

  it('loads nothing from elsewhere and knows no tracking', () => {
    const { html } = mailOf();
    expect(html).not.toMatch(/<(img|link|script|style|iframe)|src=|url\(/i);
    expect([...html.matchAll(/https?:\/\/[^"<\s]+/g)].map(([url]) => url)).toEqual([LINK, LINK]);
  });
});

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../../../functions/domain/email/language.ts';
import { DATE_FAULTS } from '../../../../functions/domain/pickup/birth-date.ts';
import { type Look, pageOf, type Shown } from '../../../../functions/pickup/page.ts';
import * as templates from '../../../../functions/pickup/templates.ts';
import { WORDS } from '../../../../functions/pickup/words.ts';

const NASTY = `Smith & Sons <b>"Best"</b> O'Neil {{pin}} <script>alert(1)</script>`;
const practice = {
  name: 'Riverside Family Practice',
  phone: '(212) 555-0134',
  portalUrl: 'https://portal.example.com/enroll',
  sender: 'portal@example.com',
};
const look = (language: 'en' | 'es' = 'en', more: Partial<typeof practice> = {}, askLastName = false): Look => ({
  language,
  practice: {
    practice: { ...practice, ...more },
    timeZone: 'America/New_York',
    pickup: { askLastName, triesPerHour: 100 },
  },
});

const PIN = { kind: 'PIN', pin: 'B122900125', expiresAt: '2026-07-15T12:00:00Z' } as const;
const entered = { month: '3', day: '29', year: '57', lastName: NASTY };
const EVERY: Shown[] = [
  { kind: 'ASK' },
  { kind: 'CORRECT', entered, date: { fault: 'TWO_DIGIT_YEAR', fields: ['year'] }, isNameMissing: true },
  ...(['REFUSED', 'LATE', 'REGISTERED', 'REPLACED', 'ASKED', 'PAUSED'] as const).map((kind) => ({ kind })),
  PIN,
  { kind: 'EXPIRED', proof: `1780000000.${'A'.repeat(43)}` },
  { kind: 'TOO_MANY', retryAfterSeconds: 1800 },
  { kind: 'UNAVAILABLE', status: 503 },
  { kind: 'UNAVAILABLE', status: 500 },
  { kind: 'BAD_REQUEST', status: 413 },
];

/** What a browser shows of the page, roughly. */
const unescaped = (html: string) =>
  html.replace(/&#x([0-9A-Fa-f]+);|&#(\d+);|&(amp|lt|gt|quot);/g, (_all, hex, decimal, name) =>
    name
      ? ({ amp: '&', lt: '<', gt: '>', quot: '"' }[name as 'amp'] ?? '')
      : String.fromCharCode(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  );
const textOf = (html: string) =>
  unescaped(html.replace(/<(style|script)>.*?<\/\1>/gs, '').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ');
const inline = (html: string, tag: string) =>
  [...html.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))].map((match) => match[1] ?? '');

describe.each(EVERY.map((shown) => [shown.kind, shown] as const))('%s', (_kind, shown) => {
  it.each(LANGUAGES)('is a page in its language: %s', (language) => {
    const { headers, body } = pageOf(shown, look(language));
    expect(body).toMatch(new RegExp(`^<!doctype html>\n<html lang="${language}">`));
    expect(headers['content-language']).toBe(language);
    expect(body.match(/<h1>/g)).toHaveLength(1);
    expect(body.match(/<title>[^<]+<\/title>/g)).toHaveLength(1);
    expect(body).not.toMatch(/\{\{|undefined|\[object|NaN/);
    expect(textOf(body)).toContain(practice.phone);
  });

  it('is kept to its reader by its headers', () => {
    const { headers } = pageOf(shown, look());
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-robots-tag': 'noindex, nofollow, noarchive',
      'strict-transport-security': 'max-age=63072000',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(Object.keys(headers)).not.toContain('set-cookie');
  });

  it('uses only its one script and one style, and loads nothing else', () => {
    const { headers, body } = pageOf(shown, look());
    const policy = headers['content-security-policy'] ?? '';
    for (const directive of ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      expect(policy.split('; ')).toContain(directive);
    }
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
    for (const [tag, directive] of [
      ['style', 'style-src'],
      ['script', 'script-src'],
    ] as const) {
      for (const text of inline(body, tag)) {
        const digest = createHash('sha256').update(text).digest('base64');
        expect(policy).toContain(`${directive} 'sha256-${digest}'`);
      }
    }
    expect(inline(body, 'style')).toHaveLength(1);
    expect(inline(body, 'script')).toHaveLength(shown.kind === 'PIN' ? 1 : 0);
    expect(body).not.toMatch(/\sstyle=|\son[a-z]+=|<(link|img|iframe|object|embed|base)\b|@import|url\(|src=/i);
  });

  it('shows what the practice is called, whatever it is, and runs nothing of it', () => {
    const { body } = pageOf(
      shown,
      look('en', { name: NASTY, phone: '<i>911</i>', portalUrl: 'https://x.example/"><b>' }),
    );
    const plain = pageOf(shown, look('en')).body;
    const tags = (html: string) => [...html.matchAll(/<\/?[a-z][a-z0-9]*/g)].map(([tag]) => tag);
    expect(tags(body)).toEqual(tags(plain));
    expect(unescaped(body)).toContain(NASTY);
  });

  it('has the PIN only where it is shown', () => {
    expect(pageOf(shown, look()).body.includes(PIN.pin)).toBe(shown.kind === 'PIN');
  });
});

describe('the form', () => {
  it('asks in the order in which dates are written, with names that browsers fill in', () => {
    const fields = (language: 'en' | 'es') =>
      [...pageOf({ kind: 'ASK' }, look(language)).body.matchAll(/name="(\w+)" .*?autocomplete="([\w-]+)"/g)].map((m) =>
        m.slice(1),
      );
    const month = ['month', 'bday-month'];
    const day = ['day', 'bday-day'];
    const year = ['year', 'bday-year'];
    expect([fields('en'), fields('es')]).toEqual([
      [month, day, year],
      [day, month, year],
    ]);
  });

  it('asks for the last name where the practice wants it', () => {
    const asks = (wanted: boolean) => pageOf({ kind: 'ASK' }, look('en', {}, wanted)).body.includes('name="last-name"');
    expect([asks(true), asks(false)]).toEqual([true, false]);
  });

  it('leads to the other language, and is sent to where it came from', () => {
    const { body } = pageOf({ kind: 'ASK' }, look());
    expect(body).toContain('<a href="?lang=es" lang="es" hreflang="es">Español</a>');
    expect(body).toContain('<form method="post" novalidate>');
    expect(body).not.toContain('action=');
  });

  it.each(DATE_FAULTS)('says what is wrong, where, and keeps what was typed: %s', (fault) => {
    for (const language of LANGUAGES) {
      const { status, body } = pageOf(
        { kind: 'CORRECT', entered, date: { fault, fields: ['year'] }, isNameMissing: false },
        look(language),
      );
      const words = WORDS[language];
      expect(status).toBe(422);
      expect(textOf(body).split(words.faults[fault])).toHaveLength(3);
      expect(body).toContain(`<a href="#year">`);
      expect(body).toMatch(/id="year" [^>]*value="57" aria-invalid="true" aria-describedby="date-fault"/);
      expect(body).toMatch(/id="month" [^>]*value="3">/);
      expect(body).toContain(`<title>${words.error}: `);
    }
  });

  it('says that the name is missing, and keeps what was typed, whatever it is', () => {
    const shown = { kind: 'CORRECT', entered, date: null, isNameMissing: true } as const;
    const { body } = pageOf(shown, look('en', {}, true));
    expect(body).toContain('<a href="#last-name">Enter your last name</a>');
    expect(body).toMatch(/id="last-name" [^>]*aria-describedby="name-hint name-fault" aria-invalid="true">/);
    expect(body).not.toContain('<script>');
    expect(unescaped(body)).toContain(`value="${NASTY}"`);
  });

  it('under what was refused shows nothing that was typed', () => {
    const { status, body } = pageOf({ kind: 'REFUSED' }, look());
    expect(status).toBe(403);
    expect([...body.matchAll(/value="([^"]*)"/g)].map((match) => match[1])).toEqual(['', '', '']);
  });
});

describe('the PIN', () => {
  it.each([
    ['en', 'July 15, 2026 at 8:00 AM EDT'],
    ['es', '15 de julio de 2026 a las 8:00'],
  ] as const)('comes with the end of its life and the portal’s address: %s', (language, until) => {
    const { status, body } = pageOf(PIN, look(language));
    const text = textOf(body);
    expect(status).toBe(200);
    for (const fact of [PIN.pin, 'B 1 2 2 9 0 0 1 2 5', practice.portalUrl]) expect(text).toContain(fact);
    // Intl writes narrow blanks before "a. m.".
    expect(text.normalize('NFKC')).toContain(until);
  });

  it('has a button that only a script brings forth', () => {
    expect(pageOf(PIN, look()).body).toMatch(/<button id="copy" type="button" hidden>/);
  });
});

it('tells when to come again', () => {
  const after = (shown: Shown) => pageOf(shown, look()).headers['retry-after'];
  expect(after({ kind: 'TOO_MANY', retryAfterSeconds: 1800 })).toBe('1800');
  expect(after({ kind: 'UNAVAILABLE', status: 503 })).toBe('60');
  expect(pageOf({ kind: 'BAD_REQUEST', status: 405 }, look()).headers.allow).toBe('GET, POST');
});

it('puts nothing into a page unescaped', () => {
  for (const [name, template] of Object.entries(templates)) {
    expect(`${name}: ${template.match(/\{\{\{|\{\{&/g)?.join() ?? 'none'}`).toBe(`${name}: none`);
  }
});

it('says everything in both languages', () => {
  const paths = (value: unknown, at = ''): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, each]) => paths(each, `${at}.${key}`))
      : [at];
  expect(paths(WORDS.es)).toEqual(paths(WORDS.en));
  const same = paths(WORDS.en).filter((path) => {
    const of = (language: 'en' | 'es') =>
      path
        .slice(1)
        .split('.')
        .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], WORDS[language]);
    return of('en') === of('es');
  });
  expect(same.toSorted()).toEqual(['.error', '.order.2']);
});

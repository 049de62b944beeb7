/** What the pick-up page shows, as an HTTP answer: HTML by Mustache, and headers that keep it to its reader. */
import { createHash } from 'node:crypto';
import Mustache from 'mustache';
import type { Language } from '../domain/email/language.ts';
import type { DateFault, DateFields } from '../domain/pickup/birth-date.ts';
import { type Instant, millisecondsOf } from '../domain/time/instant.ts';
import type { PageAnswer } from '../runtime/page-handler.ts';
import type { Policy } from '../runtime/policy.ts';
import { SCRIPT, STYLE } from './look.ts';
import { EXPIRED, FORM, LAYOUT, NOTICE, PIN, REGISTERED } from './templates.ts';
import { WORDS, type Words } from './words.ts';

/** Form input to be corrected. */
export interface Entered extends DateFields {
  lastName: string;
}

/** What is shown. Whatever REFUSED is shown for, it is the very same page. */
export type Shown =
  | FormShown
  | { kind: 'PIN'; pin: string; expiresAt: Instant }
  | { kind: 'EXPIRED'; proof: string }
  | { kind: 'REGISTERED' | 'REPLACED' | 'ASKED' | 'PAUSED' }
  | { kind: 'TOO_MANY'; retryAfterSeconds: number }
  | { kind: 'UNAVAILABLE'; status: 500 | 503 }
  | { kind: 'BAD_REQUEST'; status: 405 | 413 | 415 };

type FormShown = { kind: 'ASK' } | { kind: 'REFUSED' } | { kind: 'LATE' } | Correction;

/** The input is not a date, or a name is missing. */
export interface Correction {
  kind: 'CORRECT';
  entered: Entered;
  date: { fault: DateFault; fields: readonly (keyof DateFields)[] } | null;
  isNameMissing: boolean;
}

export interface Look {
  language: Language;
  practice: Pick<Policy, 'practice' | 'timeZone' | 'pickup'>;
}

const digestOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing from elsewhere, nothing inline but the two that are ours, no frame around it, no form to another place. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${digestOf(STYLE)}`,
  `script-src ${digestOf(SCRIPT)}`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  // Two years, as the preload list asks for.
  'strict-transport-security': 'max-age=63072000',
  vary: 'accept-language',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow, noarchive',
};

/** As in "December 10, 2026 at 5:00 AM EST": a PIN may be dead for nearly all of its last day. */
const DAY_AND_TIME = {
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
} as const;

/** The page as an answer; its log line is the caller's. */
export function pageOf(shown: Shown, { language, practice }: Look): Omit<PageAnswer, 'log'> {
  const words = WORDS[language];
  const { status, template, view } = partsOf(shown, words, practice);
  const { name, phone, portalUrl } = practice.practice;
  const common = {
    language,
    words,
    practice: { name, phone, portalUrl },
    dialled: phone.replace(/[^\d+]/g, ''),
  };
  const body = Mustache.render(LAYOUT, { ...common, ...view }, { content: template });
  const retryAfter = shown.kind === 'TOO_MANY' ? shown.retryAfterSeconds : shown.kind === 'UNAVAILABLE' ? 60 : null;
  return {
    status,
    headers: {
      ...HEADERS,
      'content-language': language,
      ...(retryAfter !== null && { 'retry-after': String(retryAfter) }),
      ...(status === 405 && { allow: 'GET, POST' }),
    },
    body,
  };
}

interface Parts {
  status: number;
  template: string;
  view: { title: string } & Record<string, unknown>;
}

function partsOf(shown: Shown, words: Words, practice: Look['practice']): Parts {
  const notice = (status: number, { title, what }: { title: string; what: string }, ...more: string[]): Parts => ({
    status,
    template: NOTICE,
    view: { title, sentences: [what, ...more] },
  });
  switch (shown.kind) {
    case 'ASK':
    case 'CORRECT':
    case 'REFUSED':
    case 'LATE':
      return formOf(shown, words, practice.pickup.askLastName);
    case 'PIN': {
      const until = new Intl.DateTimeFormat(words.locale, { ...DAY_AND_TIME, timeZone: practice.timeZone });
      const spelled = [...shown.pin].join(' ');
      const view = {
        title: words.pin.title,
        pin: shown.pin,
        spelled,
        until: until.format(millisecondsOf(shown.expiresAt) ?? 0),
      };
      return { status: 200, template: PIN, view };
    }
    case 'EXPIRED':
      return { status: 200, template: EXPIRED, view: { title: words.expired.title, proof: shown.proof } };
    case 'REGISTERED':
      return { status: 200, template: REGISTERED, view: { title: words.registered.title } };
    case 'REPLACED':
      return notice(200, words.replaced);
    case 'ASKED':
      return notice(200, words.asked, words.asked.wait);
    case 'PAUSED':
      return notice(503, words.paused);
    case 'TOO_MANY':
      return notice(429, words.tooMany);
    case 'UNAVAILABLE':
      return notice(shown.status, words.unavailable);
    case 'BAD_REQUEST':
      return notice(shown.status, words.badRequest);
  }
}

/** The form, empty unless a date is to be corrected: what was compared with a chart is not shown again. */
function formOf(shown: FormShown, words: Words, asksName: boolean): Parts {
  const correcting = shown.kind === 'CORRECT' ? shown : null;
  const wrong = correcting?.date?.fields ?? [];
  const dateFault = correcting?.date ? words.faults[correcting.date.fault] : null;
  const nameFault = correcting?.isNameMissing ? words.faults.LAST_NAME : null;
  const first = words.order.find((name) => wrong.includes(name));
  const faults = [
    ...(dateFault === null ? [] : [{ field: first, text: dateFault }]),
    ...(nameFault === null ? [] : [{ field: 'last-name', text: nameFault }]),
  ];
  const said = shown.kind === 'REFUSED' ? words.refused : shown.kind === 'LATE' ? { ...words.late, tries: [] } : null;
  return {
    status: shown.kind === 'ASK' ? 200 : shown.kind === 'CORRECT' ? 422 : 403,
    template: FORM,
    view: {
      title: words.ask.title,
      isAsking: true,
      isError: shown.kind !== 'ASK',
      refused: said && { title: said.title, what: said.what, hasTries: said.tries.length > 0, tries: said.tries },
      hasFaults: faults.length > 0,
      faults,
      dateFault,
      dates: words.order.map((name) => ({
        name,
        label: words.ask[name],
        // A month may be written as a word.
        mode: name === 'month' ? 'text' : 'numeric',
        value: correcting?.entered[name] ?? '',
        isWrong: wrong.includes(name),
      })),
      asksName,
      nameFault,
      lastName: correcting?.entered.lastName ?? '',
    },
  };
}

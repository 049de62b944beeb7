import { describe, expect, it } from 'vitest';
import type { EmailEntry, Patient } from '../../../../../functions/domain/chart/patient.ts';
import { chooseAddress, standingOf } from '../../../../../functions/domain/chart/patient.ts';
import { UNREADABLE } from '../../../../../functions/domain/chart/unreadable.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const never = () => false;

const email = (value: string | null, more: Partial<EmailEntry> = {}): EmailEntry => ({
  value,
  use: null,
  rank: null,
  periodStart: null,
  periodEnd: null,
  undeliverable: false,
  ...more,
});
const patient = (more: Partial<Patient> = {}): Patient => ({
  id: 'p1',
  replaced: false,
  deceased: false,
  active: true,
  portalStatus: 'pending',
  emails: [],
  language: null,
  unclear: false,
  ...more,
});
const chosen = (emails: EmailEntry[], isRejected: (address: string) => boolean = never) => {
  const answer = chooseAddress(patient({ emails }), NOW, isRejected);
  return answer.verdict === 'USABLE' ? answer.address : answer.verdict;
};

describe('standingOf (P1)', () => {
  it.each([
    [{}, 'ELIGIBLE'],
    [{ portalStatus: null }, 'ELIGIBLE'],
    [{ portalStatus: 'not-enrolled' }, 'ELIGIBLE'],
    [{ portalStatus: 'registered' }, 'ALREADY_REGISTERED'],
    [{ portalStatus: 'opted-out' }, 'OPTED_OUT'],
    [{ unclear: true }, 'UNCLEAR'],
    [{ unclear: true, deceased: true }, 'DECEASED'],
    [{ active: false }, 'INACTIVE'],
    [{ active: false, portalStatus: 'opted-out' }, 'INACTIVE'],
    [{ deceased: true, active: false }, 'DECEASED'],
    [{ replaced: true, deceased: true, active: false, portalStatus: 'registered' }, 'MERGED'],
  ] as const)('%j', (more, standing) => expect(standingOf(patient(more))).toBe(standing));
});

describe('chooseAddress (P1): which address', () => {
  it.each<[string, EmailEntry[], string]>([
    ['the only one', [email('a@x.org')], 'a@x.org'],
    ['the lowest rank', [email('a@x.org', { rank: 3 }), email('b@x.org', { rank: 1 })], 'b@x.org'],
    ['no rank comes last', [email('a@x.org'), email('b@x.org', { rank: 9 })], 'b@x.org'],
    ['the first of equal rank', [email('a@x.org', { rank: 1 }), email('b@x.org', { rank: 1 })], 'a@x.org'],
    ['the first of several without rank', [email('a@x.org'), email('b@x.org'), email('c@x.org')], 'a@x.org'],
    ['not an old one', [email('a@x.org', { use: 'old', rank: 1 }), email('b@x.org')], 'b@x.org'],
    ['not one that ended', [email('a@x.org', { periodEnd: '2026-06-14' }), email('b@x.org')], 'b@x.org'],
    ['one that ends today', [email('a@x.org', { periodEnd: '2026-06-15' }), email('b@x.org')], 'a@x.org'],
    ['one that ends this month', [email('a@x.org', { periodEnd: '2026-06' })], 'a@x.org'],
    ['one that ends this instant', [email('a@x.org', { periodEnd: '2026-06-15T12:00:00Z' })], 'a@x.org'],
    ['one that begins this instant', [email('a@x.org', { periodStart: '2026-06-15T12:00:00Z' })], 'a@x.org'],
    ['one that began this year', [email('a@x.org', { periodStart: '2026' })], 'a@x.org'],
    ['not one of tomorrow', [email('a@x.org', { periodStart: '2026-06-16' }), email('b@x.org')], 'b@x.org'],
    ['not an undeliverable one', [email('a@x.org', { rank: 1, undeliverable: true }), email('b@x.org')], 'b@x.org'],
    ['not a malformed one', [email('a(at)x.org', { rank: 1 }), email('b@x.org')], 'b@x.org'],
    ['spaces around it are none of it', [email('  a@x.org\t')], 'a@x.org'],
    ['a domain of other letters, as A-labels', [email('a@münchen.example')], 'a@xn--mnchen-3ya.example'],
    ['a top level of other letters', [email('a@пример.рф')], 'a@xn--e1afmkfd.xn--p1ai'],
    ['a domain of A-labels', [email('a@xn--mnchen-3ya.example')], 'a@xn--mnchen-3ya.example'],
    ['a full-width dot', [email('a@münchen。example')], 'a@xn--mnchen-3ya.example'],
    ['a quoted local part', [email('"ann@home"@x.org')], '"ann@home"@x.org'],
    ['a plus and dots', [email("o'neil.jr+portal@mail.x-y.org")], "o'neil.jr+portal@mail.x-y.org"],
  ])('%s', (_case, emails, address) => expect(chosen(emails)).toBe(address));

  it('skips a rejected one', () => {
    expect(chosen([email('a@x.org'), email('b@x.org')], (address) => address === 'a@x.org')).toBe('b@x.org');
  });
});

describe('chooseAddress (P1): why none', () => {
  // Labels of 60 characters, since one may have 63 (RFC 1035 §2.3.4).
  const long = (length: number) =>
    `${`${'a'.repeat(60)}@${`${'b'.repeat(60)}.`.repeat(3)}`.padEnd(length - 4, 'c')}.org`;
  it.each<[string, EmailEntry[], string]>([
    ['no entry', [], 'NONE'],
    ['an entry without a value', [email(null)], 'NONE'],
    ['an empty value', [email('')], 'NONE'],
    ['blanks', [email(' \t '), email('\u00a0')], 'NONE'],
    ['only an old one', [email('a@x.org', { use: 'old' })], 'NONE'],
    ['only one that ended', [email('a@x.org', { periodEnd: '2026-06-15T11:59:59Z' })], 'NONE'],
    ['a malformed one', [email('a@')], 'INVALID'],
    ['two in one field', [email('a@x.org; b@x.org')], 'INVALID'],
    ['a space within', [email('a b@x.org')], 'INVALID'],
    ['a display name', [email('Ann <a@x.org>')], 'INVALID'],
    ['a line break', [email('a@x.org\r\nBcc: b@x.org')], 'INVALID'],
    ['a letter that is not ASCII', [email('müller@x.org')], 'INVALID'],
    ['text that cannot be read', [email(UNREADABLE)], 'INVALID'],
    ['one with an unreadable use', [email('a@x.org', { use: UNREADABLE })], 'NONE'],
    ['one with an unreadable end', [email('a@x.org', { periodEnd: UNREADABLE })], 'NONE'],
    ['two that look like one', [email('"x"<evil@evil.example>,"y"@ok.example')], 'INVALID'],
    ['a quoted list', [email('"a,b"@x.org')], 'INVALID'],
    ['a quoted address', [email('"<evil@evil.example>"@x.org')], 'INVALID'],
    ['a domain with a path', [email('a@exämple.org/evil')], 'INVALID'],
    ['a domain with a port', [email('a@exämple.org:25')], 'INVALID'],
    ['a domain that is only a mark', [email('a@\u202e.org')], 'INVALID'],
    ['a domain without a top level', [email('a@exämple')], 'INVALID'],
    ['255 characters', [email(long(255))], 'INVALID'],
    ['a malformed one beside an old one', [email('x'), email('a@x.org', { use: 'old' })], 'INVALID'],
    ['all undeliverable', [email('a@x.org', { undeliverable: true })], 'SUPPRESSED'],
    ['undeliverable beside malformed', [email('x'), email('a@x.org', { undeliverable: true })], 'SUPPRESSED'],
  ])('%s', (_case, emails, verdict) => expect(chosen(emails)).toBe(verdict));

  it('takes 254 characters, the longest that SMTP carries', () => {
    expect(long(254)).toHaveLength(254);
    expect(chosen([email(long(254))])).toBe(long(254));
  });

  it('is SUPPRESSED when each was rejected or marked', () => {
    const emails = [email('a@x.org'), email('b@x.org', { undeliverable: true })];
    expect(chosen(emails, (address) => address === 'a@x.org')).toBe('SUPPRESSED');
  });
});

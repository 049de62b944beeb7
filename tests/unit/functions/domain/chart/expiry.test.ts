import { describe, expect, it } from 'vitest';
import {
  CLOCK_TOLERANCE_MS,
  isExpired,
  lifeOf,
  PIN_LIFETIME_MS,
  readSigningInstant,
} from '../../../../../functions/domain/chart/expiry.ts';

const at = (instant: string) => Date.parse(instant);

describe('isExpired (P2, P8)', () => {
  it.each([
    ['29 days 23:59:59.999', '2026-01-01T00:00:00Z', '2026-01-30T23:59:59.999Z', false],
    ['exactly 30 days', '2026-01-01T00:00:00Z', '2026-01-31T00:00:00.000Z', true],
    ['one millisecond more', '2026-01-01T00:00:00Z', '2026-01-31T00:00:00.001Z', true],
    ['the instant itself', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', false],
    ['years later', '2020-01-01T00:00:00Z', '2026-01-01T00:00:00Z', true],
    ['across a leap day, 30 days less 1 ms', '2028-02-10T08:00:00Z', '2028-03-11T07:59:59.999Z', false],
    ['across a leap day, 30 days', '2028-02-10T08:00:00Z', '2028-03-11T08:00:00Z', true],
    ['signed on the leap day', '2028-02-29T12:00:00Z', '2028-03-30T12:00:00Z', true],
    ['without a leap day, 30 days are a day later', '2027-02-10T08:00:00Z', '2027-03-12T07:59:59.999Z', false],
    // New York moves on 2026-03-08 and 2026-11-01; wall-clock arithmetic would be an hour off.
    [
      'spring forward: same wall time is an hour short',
      '2026-02-20T12:00:00-05:00',
      '2026-03-22T12:00:00-04:00',
      false,
    ],
    ['spring forward: 24 × 30 hours', '2026-02-20T12:00:00-05:00', '2026-03-22T13:00:00-04:00', true],
    [
      'fall back: an hour before the same wall time',
      '2026-10-20T12:00:00-04:00',
      '2026-11-19T10:59:59.999-05:00',
      false,
    ],
    ['fall back: 24 × 30 hours', '2026-10-20T12:00:00-04:00', '2026-11-19T11:00:00-05:00', true],
    ['signed "tomorrow"', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z', false],
  ])('%s', (_case, signedAt, now, expired) => {
    expect(isExpired(at(signedAt), at(now))).toBe(expired);
  });

  it('is 30 × 24 hours', () => expect(PIN_LIFETIME_MS).toBe(2_592_000_000));
});

describe('readSigningInstant', () => {
  const now = at('2026-06-15T12:00:00Z');
  it.each([
    ['2026-06-15T12:00:00Z', '2026-06-15T12:00:00.000Z'],
    ['2026-05-01T08:00:00.250+02:00', '2026-05-01T06:00:00.250Z'],
    ['2026-05-01T08:00:00-04:00', '2026-05-01T12:00:00.000Z'],
    ['2028-02-29T00:00:00Z', null],
    ['1990-01-01T00:00:00Z', '1990-01-01T00:00:00.000Z'],
    ['1989-12-31T23:59:59.999Z', null],
    ['1970-01-01T00:00:00Z', null],
    ['1900-01-01T00:00:00Z', null],
    ['1753-01-01T00:00:00Z', null],
    ['0001-01-01T00:00:00+00:00', null],
    ['9999-12-31T23:59:59Z', null],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('%s', (date, read) => {
    const expected = read === null ? 'unclear' : { signedAt: at(read) };
    expect(readSigningInstant(date, now)).toEqual(expected);
  });

  it('takes clocks that differ by up to five minutes', () => {
    const ahead = (ms: number) => readSigningInstant(new Date(now + ms).toISOString(), now);
    expect(CLOCK_TOLERANCE_MS).toBe(300_000);
    expect(ahead(299_999)).toEqual({ signedAt: now + 299_999 });
    expect(ahead(300_000)).toEqual({ signedAt: now + 300_000 });
    expect(ahead(300_001)).toBe('unclear');
  });

  it.each([
    null,
    '',
    'yesterday',
    'room 5',
    '12/31/2025',
    '2025',
    '2025-06',
    '2025-06-15',
    '2025-06-15T12:00:00',
    '2025-02-30T12:00:00Z',
    '2025-02-29T12:00:00Z',
    '2025-13-01T12:00:00Z',
    '2025-06-15T25:00:00Z',
    ' 2025-06-15T12:00:00Z',
    '1750000000000',
  ])('cannot tell the age from %j', (date) => {
    expect(readSigningInstant(date, now)).toBe('unclear');
  });
});

describe('lifeOf', () => {
  it.each([
    ['2026-03-01T09:00:00.000Z', '2026-03-01T09:00:00Z', '2026-03-31T09:00:00Z'],
    ['2026-03-01T09:00:00.001Z', '2026-03-01T09:00:01Z', '2026-03-31T09:00:01Z'],
    ['2026-03-01T09:00:00.999Z', '2026-03-01T09:00:01Z', '2026-03-31T09:00:01Z'],
    ['2026-12-31T23:59:59.500Z', '2027-01-01T00:00:00Z', '2027-01-31T00:00:00Z'],
  ])('of %s', (signedAt, issuedAt, expiresAt) => {
    const life = lifeOf(at(signedAt));
    expect(life).toEqual({ issuedAt, expiresAt, ttl: at(expiresAt) / 1000 });
    // The item that tracks the PIN lapses when the PIN is dead, never before, and less than a second late.
    expect(isExpired(at(signedAt), at(life.expiresAt))).toBe(true);
    expect(at(life.expiresAt) - at(signedAt) - PIN_LIFETIME_MS).toBeLessThan(1000);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CaseFacts, DUES, whatIsDue } from '../../../../../functions/domain/case/due.ts';
import { ADDRESS_VERDICTS, STANDINGS } from '../../../../../functions/domain/chart/patient.ts';
import { REASONS } from '../../../../../functions/domain/outcomes.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const DAY = 86_400_000;
const LIMITS = { attemptLimit: 5, cycleLimit: 3 };

const facts = (more: Partial<CaseFacts> = {}): CaseFacts => ({
  standing: 'ELIGIBLE',
  address: 'USABLE',
  newestSignedAt: NOW - 30 * DAY,
  chartUnclear: false,
  failures: 0,
  unclaimedCycles: 0,
  forced: false,
  messageOwed: false,
  reminderDue: false,
  ...more,
});
const verdict = (more: Partial<CaseFacts>) => {
  const { due, reason } = whatIsDue(facts(more), LIMITS, NOW);
  return reason === null ? due : `${due} ${reason}`;
};
const young = NOW - 30 * DAY + 1;

describe('whatIsDue (P1, P2)', () => {
  it.each<[string, Partial<CaseFacts>, string]>([
    ['an expired PIN', {}, 'REGENERATE'],
    ['a PIN of 29 d 23:59:59.999', { newestSignedAt: young }, 'NOTHING NOT_EXPIRED'],
    ['a young PIN without notification', { newestSignedAt: young, messageOwed: true }, 'NOTIFY'],
    ['a young PIN of which the patient is to be reminded', { newestSignedAt: young, reminderDue: true }, 'NOTIFY'],
    ['an expired PIN without a reminder', { reminderDue: true }, 'REGENERATE'],
    [
      'a reminder and no address',
      { newestSignedAt: young, reminderDue: true, address: 'SUPPRESSED' },
      'REQUEST_EMAIL SUPPRESSED',
    ],
    [
      'a reminder, registered',
      { newestSignedAt: young, reminderDue: true, standing: 'ALREADY_REGISTERED' },
      'NOTHING ALREADY_REGISTERED',
    ],
    ['a reminder, unclear', { newestSignedAt: young, reminderDue: true, chartUnclear: true }, 'HOLD CHART_UNCLEAR'],
    ['a reminder, and a force', { newestSignedAt: young, reminderDue: true, forced: true }, 'REGENERATE'],
    [
      'a reminder of the last PIN of the limit',
      { newestSignedAt: young, reminderDue: true, unclaimedCycles: 3 },
      'NOTIFY',
    ],
    ['an expired PIN without notification', { messageOwed: true }, 'REGENERATE'],
    ['no PIN ever', { newestSignedAt: null }, 'NOTHING NEVER_ISSUED'],
    ['no PIN ever and no address', { newestSignedAt: null, address: 'NONE' }, 'NOTHING NEVER_ISSUED'],
    ['a young PIN and no address', { newestSignedAt: young, address: 'NONE' }, 'REQUEST_EMAIL NONE'],
    ['only a PIN without a date', { newestSignedAt: null, chartUnclear: true }, 'HOLD CHART_UNCLEAR'],
    ['an unclear chart, and a force', { chartUnclear: true, forced: true }, 'HOLD CHART_UNCLEAR'],
    ['an unclear chart and no address', { chartUnclear: true, address: 'INVALID' }, 'REQUEST_EMAIL INVALID'],
    ['a patient with an unclear chart', { standing: 'UNCLEAR' }, 'HOLD CHART_UNCLEAR'],
    ['such a patient without an address', { standing: 'UNCLEAR', address: 'NONE' }, 'HOLD CHART_UNCLEAR'],
    ['such a patient without a PIN', { standing: 'UNCLEAR', newestSignedAt: null }, 'NOTHING NEVER_ISSUED'],
    ['four failures', { failures: 4 }, 'REGENERATE'],
    ['five failures', { failures: 5 }, 'HOLD ATTEMPTS_EXHAUSTED'],
    ['five failures, and a force', { failures: 5, forced: true }, 'HOLD ATTEMPTS_EXHAUSTED'],
    ['a force on a young PIN', { newestSignedAt: young, forced: true }, 'REGENERATE'],
    ['a force on one owed', { newestSignedAt: young, forced: true, messageOwed: true }, 'REGENERATE'],
    ['two unclaimed cycles', { unclaimedCycles: 2 }, 'REGENERATE'],
    ['three unclaimed cycles', { unclaimedCycles: 3 }, 'HOLD CYCLE_LIMIT'],
    ['three unclaimed cycles, young', { unclaimedCycles: 3, newestSignedAt: young }, 'NOTHING NOT_EXPIRED'],
    ['three unclaimed cycles, owed', { unclaimedCycles: 3, newestSignedAt: young, messageOwed: true }, 'NOTIFY'],
    ['three unclaimed cycles, and a force', { unclaimedCycles: 3, forced: true }, 'REGENERATE'],
    [
      'dead, with everything else wrong too',
      { standing: 'DECEASED', address: 'NONE', failures: 9, forced: true },
      'NOTHING DECEASED',
    ],
  ])('%s', (_case, more, expected) => expect(verdict(more)).toBe(expected));
});

/**
 * The same rule as a list of sentences, read from the procedure: each says when it applies, and the first that does
 * decides. Written apart from the code, so that a slip in one of them shows.
 */
const SENTENCES: [
  applies: (f: CaseFacts) => boolean,
  due: string,
  reason: string | ((f: CaseFacts) => string) | null,
][] = [
  [(f) => f.standing === 'MERGED', 'NOTHING', 'MERGED'],
  [(f) => f.standing === 'DECEASED', 'NOTHING', 'DECEASED'],
  [(f) => f.standing === 'INACTIVE', 'NOTHING', 'INACTIVE'],
  [(f) => f.standing === 'OPTED_OUT', 'NOTHING', 'OPTED_OUT'],
  [(f) => f.standing === 'ALREADY_REGISTERED', 'NOTHING', 'ALREADY_REGISTERED'],
  [(f) => !f.chartUnclear && f.newestSignedAt === null, 'NOTHING', 'NEVER_ISSUED'],
  [(f) => f.standing === 'UNCLEAR', 'HOLD', 'CHART_UNCLEAR'],
  [(f) => ['NONE', 'INVALID', 'SUPPRESSED'].includes(f.address), 'REQUEST_EMAIL', (f) => f.address],
  [(f) => f.chartUnclear, 'HOLD', 'CHART_UNCLEAR'],
  [(f) => f.failures > 4, 'HOLD', 'ATTEMPTS_EXHAUSTED'],
  [(f) => f.forced, 'REGENERATE', null],
  [(f) => ageInDays(f) < 30 && f.messageOwed, 'NOTIFY', null],
  [(f) => ageInDays(f) < 30 && f.reminderDue, 'NOTIFY', null],
  [(f) => ageInDays(f) < 30, 'NOTHING', 'NOT_EXPIRED'],
  [(f) => f.unclaimedCycles > 2, 'HOLD', 'CYCLE_LIMIT'],
  [() => true, 'REGENERATE', null],
];
const ageInDays = (f: CaseFacts) => (NOW - (f.newestSignedAt ?? Number.NaN)) / DAY;

describe('the precedence of whatIsDue', () => {
  const anyFacts = fc.record<CaseFacts>({
    // An eligible patient with an address as often as all the others, or most cases would end at the first sentences.
    standing: fc.oneof(fc.constant('ELIGIBLE' as const), fc.constantFrom(...STANDINGS)),
    address: fc.oneof(fc.constant('USABLE' as const), fc.constantFrom(...ADDRESS_VERDICTS)),
    newestSignedAt: fc.constantFrom(null, NOW, young, NOW - 30 * DAY, NOW - 31 * DAY),
    chartUnclear: fc.oneof(fc.constant(false), fc.boolean()),
    failures: fc.constantFrom(0, 4, 5, 6),
    unclaimedCycles: fc.constantFrom(0, 2, 3, 4),
    forced: fc.boolean(),
    messageOwed: fc.boolean(),
    reminderDue: fc.boolean(),
  });

  it('is that of the sentences', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyFacts, (some) => {
        const sentence = SENTENCES.find(([applies]) => applies(some));
        const reason = typeof sentence?.[2] === 'function' ? sentence[2](some) : sentence?.[2];
        seen.add(`${sentence?.[1]} ${reason}`);
        expect(whatIsDue(some, LIMITS, NOW)).toEqual({ due: sentence?.[1], reason });
      }),
      { numRuns: 3_000, seed: 7 },
    );
    // 5 standings, never issued, 3 addresses, 3 holds, not expired, notify, regenerate: the run met every verdict.
    expect(seen.size).toBe(15);
  });

  it('gives a reason exactly where the outcome has one', () => {
    fc.assert(
      fc.property(anyFacts, (some) => {
        const { due, reason } = whatIsDue(some, LIMITS, NOW);
        expect(DUES).toContain(due);
        if (due === 'REGENERATE' || due === 'NOTIFY') expect(reason).toBeNull();
        else expect(REASONS).toContain(reason);
      }),
    );
  });
});

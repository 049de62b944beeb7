import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Compared,
  type PinDocument,
  readChart,
  type SignedFacts,
  VIOLATIONS,
  violationsOf,
} from '../../../../../functions/domain/chart/chart.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const document = (id: string, more: Partial<PinDocument> = {}): PinDocument => ({
  id,
  signed: true,
  date: '2026-05-01T12:00:00Z',
  cycleIdentifier: null,
  encounter: null,
  location: null,
  ...more,
});
const draft = (id: string, cycleIdentifier: string | null) => document(id, { signed: false, cycleIdentifier });

describe('readChart (P2, P3)', () => {
  it('finds nothing in an empty chart', () => {
    expect(readChart([], NOW)).toEqual({ newest: null, unclear: [], drafts: [] });
  });

  it('takes the latest signing, not the last listed, with what leads to its form', () => {
    const documents = [
      document('b', { date: '2026-06-01T12:00:00Z', cycleIdentifier: 'ours', encounter: 'e1', location: 'org-1' }),
      document('a', { date: '2026-05-01T12:00:00Z' }),
    ];
    const signedAt = Date.parse('2026-06-01T12:00:00Z');
    const leads = { cycleIdentifier: 'ours', encounter: 'e1', location: 'org-1' };
    expect(readChart(documents, NOW).newest).toEqual({ id: 'b', signedAt, ...leads });
  });

  it('compares instants, not texts', () => {
    const documents = [
      document('earlier', { date: '2026-06-01T13:00:00+02:00' }),
      document('later', { date: '2026-06-01T12:00:00Z' }),
    ];
    expect(readChart(documents, NOW).newest?.id).toBe('later');
    expect(readChart(documents.toReversed(), NOW).newest?.id).toBe('later');
  });

  it('takes the later listed of two of one instant', () => {
    expect(readChart([document('a'), document('b')], NOW).newest?.id).toBe('b');
  });

  it.each([
    ['no date', null],
    ['no instant', 'last spring'],
    ['a bare day', '2026-05-01'],
    ['more than five minutes ahead', '2026-06-15T12:05:01Z'],
  ])('is unclear with a signed document of %s, and still finds the newest of the others', (_case, date) => {
    const chart = readChart([document('a'), document('odd', { date })], NOW);
    expect(chart).toMatchObject({ unclear: ['odd'], newest: { id: 'a' } });
  });

  it('is not made unclear by a draft, which has no signing instant yet', () => {
    expect(readChart([{ ...draft('d', 'ours'), date: null }], NOW)).toMatchObject({ unclear: [], newest: null });
  });

  it('lists our drafts and leaves those of staff alone', () => {
    const ours = draft('d1', 'ours');
    expect(readChart([document('a', { cycleIdentifier: 'x' }), ours, draft('d2', null)], NOW).drafts).toEqual([ours]);
  });
});

describe('violationsOf (P10–P12)', () => {
  const before: Compared = { generalPractitioner: 'gp', careTeam: 'ct', author: 'au', draftOrders: ['rx1', 'rx2'] };
  const after: SignedFacts = {
    signed: true,
    formCompleted: true,
    pinPresent: true,
    openRouting: 0,
    otherLive: 0,
    declinedResponsibility: true,
    generalPractitioner: 'gp',
    careTeam: 'ct',
    author: 'au',
    draftOrders: ['rx1', 'rx2'],
  };
  const BREACHES: [Partial<SignedFacts>, (typeof VIOLATIONS)[number]][] = [
    [{ formCompleted: false }, 'FORM_NOT_COMPLETED'],
    [{ pinPresent: false }, 'FORM_NOT_COMPLETED'],
    [{ openRouting: 1 }, 'ROUTED'],
    [{ otherLive: 1 }, 'OLD_PIN_ALIVE'],
    [{ declinedResponsibility: false }, 'RESPONSIBILITY_NOT_DECLINED'],
    [{ generalPractitioner: 'other' }, 'RESPONSIBLE_PROVIDER_CHANGED'],
    [{ author: 'other' }, 'AUTHOR_CHANGED'],
    [{ careTeam: 'other' }, 'CARE_TEAM_CHANGED'],
    [{ draftOrders: ['rx2'] }, 'OTHER_ORDERS_SIGNED'],
  ];

  it('finds none where all is as it must be', () => expect(violationsOf(before, after)).toEqual([]));
  it.each(BREACHES)('%j: %s', (breach, violation) => {
    expect(violationsOf(before, { ...after, ...breach })).toEqual([violation]);
  });
  it('does not mind an order that was drafted meanwhile', () => {
    expect(violationsOf(before, { ...after, draftOrders: ['rx2', 'rx3', 'rx1'] })).toEqual([]);
  });
  it('names every breach once, in one order, however many there are', () => {
    fc.assert(
      fc.property(fc.subarray(BREACHES), (some) => {
        const facts = Object.assign({ ...after }, ...some.map(([breach]) => breach));
        const expected = VIOLATIONS.filter((each) => some.some(([, violation]) => violation === each));
        expect(violationsOf(before, facts)).toEqual(expected);
      }),
    );
  });
});

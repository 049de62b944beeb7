import { describe, expect, it } from 'vitest';
import { countsOf, show } from '../../../cli/show.ts';

const answer = {
  json: null,
  table: {
    head: ['Rule', 'Fact'],
    rows: [
      ['a rule '.repeat(20), 'f'.repeat(120)],
      ['short', 'x'],
    ],
  },
};

describe('a table', () => {
  it.each([60, 80, 120])('fits a terminal of %i columns, and loses nothing', (columns) => {
    const shown = show(answer, false, columns);
    for (const line of shown.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    expect(shown.match(/f/g)).toHaveLength(120);
  });

  it('is as wide as its text where it fits, and where the output is no terminal', () => {
    const small = { json: null, table: { head: ['a'], rows: [['b']] } };
    expect(show(small, false, 80)).toBe(show(small, false));
    expect(
      Math.max(
        ...show(answer, false)
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeGreaterThan(120);
  });
});

it('counters are a line each, without those at zero', () => {
  expect(countsOf({ STARTED: 3, NOT_DUE: 0, HELD: 1 })).toBe('STARTED 3\nHELD 1');
  expect(countsOf({})).toBe('–');
});

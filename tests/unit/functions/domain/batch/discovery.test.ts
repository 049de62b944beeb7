import { describe, expect, it } from 'vitest';
import {
  beginDiscovery,
  type Discovery,
  noLooks,
  withPage,
  withRestart,
} from '../../../../../functions/domain/batch/discovery.ts';

const AT = '2026-06-15T12:00:00Z';
const NOW = Date.parse(AT);
const found = (next: string | null) => ({
  documents: 2,
  withoutPatient: 0,
  counts: { ...noLooks(), TRACKED: 1, KNOWN: 1 },
  failed: [],
  next,
});
function read(pages: Iterable<string | null>): Discovery {
  let discovery = beginDiscovery('run', NOW);
  for (const next of pages) {
    if (discovery.endedAt !== null) break;
    discovery = withPage(discovery, found(next), AT);
  }
  return discovery;
}

describe('the pages of a reading', () => {
  it('are summed up', () => {
    const counts = { TRACKED: 3, KNOWN: 3, UNCLEAR: 0, WITHDRAWN: 0, FAILED: 0 };
    expect(read(['a', 'b', null])).toMatchObject({ pages: 3, documents: 6, counts, endedAt: AT, stoppedBy: null });
  });

  it('keep nothing of their bookmarks but the next one', () => {
    const text = JSON.stringify(read(['Q987654321', 'Q123456789', 'last']));
    expect(text).toContain('last');
    expect(text).not.toMatch(/Q\d{9}/);
  });

  it.each([
    [1, 0],
    [1, 5],
    [2, 3],
    [7, 20],
    [50, 1],
  ])('that go round in a circle of %i after %i others are noticed within three times as many', (circle, before) => {
    const pages = function* () {
      for (let n = 0; n < 1000; n++) yield `p${n < before ? n : before + ((n - before) % circle)}`;
    };
    const stopped = read(pages());
    expect(stopped.stoppedBy).toBe('PAGES_REPEAT');
    expect(stopped.pages).toBeLessThanOrEqual(3 * (before + circle) + 2);
  });

  it('never end: after 100,000 that is noticed, and not before', () => {
    const pages = function* (count: number) {
      for (let n = 0; n < count; n++) yield `p${n}`;
    };
    expect(read(pages(99_999)).endedAt).toBeNull();
    expect(read(pages(200_000))).toMatchObject({ stoppedBy: 'PAGES_NEVER_END', pages: 100_000 });
  });

  it('may be begun anew five times', () => {
    let discovery = beginDiscovery('run', NOW);
    for (let times = 1; times <= 5; times++) {
      discovery = withRestart(withPage(discovery, found('a'), AT), AT);
      expect(discovery).toMatchObject({ restarts: times, bookmark: null, stoppedBy: null, pages: times });
    }
    expect(withRestart(discovery, AT)).toMatchObject({ stoppedBy: 'PAGES_LOST', endedAt: AT });
  });
});

it('a reading’s id sorts by when it began, to the millisecond', () => {
  expect(beginDiscovery('b', NOW).id < beginDiscovery('a', NOW + 1).id).toBe(true);
});

import { afterEach, expect, it } from 'vitest';
import { clock, useClock } from '../../functions/runtime/clock.ts';
import { createVirtualClock } from '../../local/settings/clock.ts';
import { describeClock } from './clock.contract.ts';

afterEach(() => useClock({ now: () => Date.now() }));

describeClock("the process's", clock);
describeClock('the virtual one', () => createVirtualClock({ offsetMs: 86_400_000 }));

it('asks the source at every call, also for a clock that was given out before', async () => {
  const given = clock();
  const virtual = createVirtualClock();
  useClock(virtual);
  const before = given.now();
  await virtual.advance('P30D');
  expect(given.now() - before).toBeGreaterThanOrEqual(30 * 86_400_000);
  useClock({ now: () => 42 });
  expect(given.now()).toBe(42);
});

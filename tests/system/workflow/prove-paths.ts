import { afterAll, expect, it } from 'vitest';
import { FailingPractice } from '../../support/harness/failing-practice.ts';
import type { Failure } from '../../support/harness/failures.ts';
import { prove, tableOf } from './every-call.ts';
import type { Path } from './path.ts';

/** `PROVE=full` runs every failure at every call; else a sample, in which each call and each failure has its turn. */
const IS_FULL = process.env.PROVE === 'full';

/**
 * Declares one test for each path, on one platform.
 * @param sample every how many-th trial belongs to the sample
 */
export async function provePaths(paths: readonly Path[], failures: readonly Failure[], sample: number): Promise<void> {
  const practice = await FailingPractice.open();
  afterAll(() => practice.platform.close());
  for (const [n, path] of paths.entries()) {
    it(path.name, { timeout: 600_000 }, async () => {
      const { calls, trials, broken } = await prove(practice, path, failures, 1_000 * (n + 1), IS_FULL ? 1 : sample);
      console.log(`${path.name}: ${calls.length} calls, ${trials} failures\n${tableOf(calls)}`);
      expect(broken.join('\n')).toBe('');
    });
  }
}

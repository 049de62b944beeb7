import { describe, expect, it } from 'vitest';
import { firstLoads } from '../../../bench/first-load.ts';
import { createConsoleBuild } from '../../../local/console/console-build.ts';
import { BUILD_PATIENCE_MS, untilBuilt } from '../../support/harness/scripted-api.ts';

/** What a page may cost before it shows anything: gzipped JavaScript. */
const MOST_BYTES = 350_000;

describe('the first load', () => {
  it(
    'of every page is small enough, with what must be loaded and nothing that may wait',
    async () => {
      const build = createConsoleBuild();
      await untilBuilt(build);
      const built = build.look();
      const files = built.state === 'BUILT' ? built.files : new Map();
      const loads = firstLoads(files);
      expect(loads.map(({ page }) => page)).toEqual(
        expect.arrayContaining(['pages/today.tsx', 'pages/execution.tsx', 'pages/sweeps.tsx', 'local/chart.tsx']),
      );
      expect(loads.filter(({ bytes }) => bytes > MOST_BYTES)).toEqual([]);
      // Less than Cloudscape's own shell can be no count of everything.
      expect(Math.min(...loads.map(({ bytes }) => bytes))).toBeGreaterThan(150_000);
    },
    BUILD_PATIENCE_MS,
  );
});

import { defineConfig } from 'vitest/config';

/** Run by tests/deploy/run.ts, beside a MiniStack. */
export default defineConfig({
  test: {
    include: ['tests/deploy/**/*.test.ts'],
    pool: 'forks',
    // One story in several chapters: after the first that fails the others would tell nothing.
    bail: 1,
    // Deploying takes about 15 s on two slow cores.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

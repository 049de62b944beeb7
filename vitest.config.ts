import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Needs an imitation of AWS beside it: npm run test:deploy.
    exclude: [...configDefaults.exclude, 'tests/deploy/**'],
    // Handlers read the environment of their process: each file has one of its own.
    pool: 'forks',
    // Vitest leaves one core to itself; with two that is half of the machine.
    maxWorkers: '100%',
    // A test that waits longer waits for something that will not come.
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});

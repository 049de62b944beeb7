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
    // Browsers and whole platforms share two cores; who waits longer than this waits in vain.
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});

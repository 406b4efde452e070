import { defineConfig } from 'vitest/config';

// Not a test: vitest is what runs TypeScript here, and the faults are those of the tests.
export default defineConfig({
  test: { include: ['bench/faults/run.ts'], testTimeout: 1_800_000, disableConsoleIntercept: true },
});

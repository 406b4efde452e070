import { defineConfig } from 'vitest/config';

// Not a test: vitest is what runs TypeScript here, and its clock is what makes an hour pass in a second.
export default defineConfig({
  test: { include: ['bench/limits/run.ts'], testTimeout: 3_600_000, disableConsoleIntercept: true },
});

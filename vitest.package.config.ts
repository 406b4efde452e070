import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{package,browser,redis,jobs,scripts,site}/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

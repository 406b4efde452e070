import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // The examples import what users import.
    alias: [
      { find: /^tokenwright$/, replacement: `${import.meta.dirname}/src/index.ts` },
      { find: /^tokenwright\/(endpoint|testing|msw)$/, replacement: `${import.meta.dirname}/src/$1/index.ts` },
    ],
  },
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['test/package/**', 'test/browser/**', 'test/runtimes/**'],
    typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'] },
    testTimeout: 20_000,
    maxConcurrency: 8,
    unstubEnvs: true,
    restoreMocks: true,
    coverage: {
      include: ['src/**/*.ts'],
      // Tested as processes of their own, which are not counted.
      exclude: ['src/cli/main.ts', 'src/cli/demo.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: {
        lines: 95,
        'src/{errors,http/call,client/{connection,target,credentials}}.ts': { lines: 100 },
        'src/providers/*/adapter.ts': { lines: 100 },
      },
    },
    // A variable of the machine that runs the tests must not become a key.
    env: {
      // Far from UTC, where a time without a zone would not show that it was taken for a local one.
      TZ: 'Asia/Kathmandu',
      JUNCTION_API_KEY: '',
      JUNCTION_ENV: '',
      JUNCTION_REGION: '',
      VITAL_API_KEY: '',
      VITAL_ENV: '',
      VITAL_REGION: '',
      SFOX_ENTERPRISE_API_KEY: '',
      ENTERPRISE_API_KEY: '',
      SFOX_ENV: '',
      CLERK_SECRET_KEY: '',
      CLERK_API_URL: '',
    },
  },
});

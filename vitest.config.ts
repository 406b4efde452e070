import { defineConfig } from 'vitest/config';
import type { ProviderProfile } from './src/client/profile.js';
import { providers } from './src/providers/index.js';

/** Every variable that a provider's client reads. */
export function variablesOf({ credentials, variables, ownOptions }: ProviderProfile): string[] {
  return [
    ...Object.values(credentials).flatMap((each) => [...each.variables, ...(each.fallbackVariables ?? [])]),
    ...Object.values(variables).flat(),
    ...Object.values(ownOptions).flatMap((option) => option.variables ?? []),
  ];
}

/** One of the machine that runs the tests must not become a key. */
const variables = Object.values(providers).flatMap(({ profile }) => variablesOf(profile));

export default defineConfig({
  resolve: {
    // The examples import what users import.
    alias: [
      { find: /^tokenwright$/, replacement: `${import.meta.dirname}/src/index.ts` },
      {
        find: /^tokenwright\/(endpoint|testing|testing\/server|msw|redis)$/,
        replacement: `${import.meta.dirname}/src/$1/index.ts`,
      },
    ],
  },
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['test/{package,browser,site,redis,jobs,scripts,runtimes,apps,environments,fourth-provider}/**'],
    typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'], tsconfig: 'test/types/tsconfig.json' },
    // Every failure and the count; what passed is no news.
    reporters: ['dot'],
    silent: 'passed-only',
    // Two files at a time, since much of a test is waiting, and all of them in two processes: most of the time would go
    // into loading the same modules sixty times.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    maxConcurrency: 8,
    unstubEnvs: true,
    restoreMocks: true,
    coverage: {
      // A folder of its own, because it is emptied: other tools write beside it.
      reportsDirectory: 'coverage/tests',
      include: ['src/**/*.ts'],
      // Tested as processes of their own and in a page, which are not counted.
      exclude: ['src/cli/main.ts', 'src/cli/demo.ts', 'src/testing/server/browser/*.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: {
        lines: 95,
        'src/{errors,http/call,client/{connection,target,credentials}}.ts': { lines: 100 },
        'src/providers/*/adapter.ts': { lines: 100 },
      },
    },
    env: {
      // Far from UTC, where a time without a zone would not show that it was taken for a local one.
      TZ: 'Asia/Kathmandu',
      ...Object.fromEntries(variables.map((name) => [name, ''])),
    },
  },
});

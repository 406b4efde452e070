import { defineConfig, mergeConfig } from 'vitest/config';
import base, { variablesOf } from '../../vitest.config.js';
import { fourthProfile } from './adapter.js';
import { replaced, suites } from './replaced.js';

/** The suites of all providers, for one more in the registry. `npm test` runs them for the others. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({
    resolve: { alias: replaced },
    test: {
      root: `${import.meta.dirname}/../..`,
      include: ['test/fourth-provider/*.test.ts', ...suites],
      typecheck: { enabled: false },
      env: Object.fromEntries(variablesOf(fourthProfile).map((name) => [name, ''])),
    },
  }),
);

import { mergeConfig } from 'vitest/config';
import base from '../../vitest.config.js';

/** The rules of the transport are the same code for all operations: one of them will do. */
const rules = [
  'does not follow',
  'keeps one',
  'limits each',
  'asks again',
  'waits as',
  'is aborted',
  'understands',
  'reports',
];
const otherOperations = [
  'junction issueToken',
  'sfox issueToken',
  'sfox batch',
  'clerk revokeToken',
  'junction createUser',
  'junction resolveUser',
];

/**
 * The tests that judge a mutant: those that are quick enough to run some thousand times. One after the other, since only
 * then can be told which of them reaches a mutant.
 */
export default mergeConfig(base, {
  test: {
    exclude: [
      'test/package/**',
      'test/browser/**',
      'test/runtimes/**',
      'test/cli/**',
      'test/faults/**',
      'test/types/**',
      'test/readme.test.ts',
      'test/bulk-property.test.ts',
      'examples/**',
    ],
    testNamePattern: new RegExp(`^(?!.*'(${otherOperations.join('|')})' (${rules.join('|')}))`),
    typecheck: { enabled: false },
    maxConcurrency: 1,
    // A file a worker would load everything anew for each of them, for each mutant.
    isolate: false,
  },
});

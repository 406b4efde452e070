import { mergeConfig } from 'vitest/config';
import base from '../../vitest.config.js';

/** The faults are judged in full for one operation: that one will do. */
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
      // The table of faults judges the transport.
      'test/faults/!(faults).test.ts',
      'test/types/**',
      'test/{docs,readme}.test.ts',
      'test/bulk-property.test.ts',
      'examples/**',
    ],
    testNamePattern: new RegExp(`^(?!.*(${otherOperations.join('|')}) survives)`),
    typecheck: { enabled: false },
    maxConcurrency: 1,
  },
});

import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const noIndex = { regex: '^\\.\\.?(/\\.\\.)*/index\\.js$', message: 'No file imports the public entry.' };
const noNode = { regex: '^node:', message: 'The library runs wherever fetch does; Node.js is for the command line.' };

/** The arrows of the house: a file may import what is named here and nothing else of ours. */
function mayImport(files, allowed) {
  return {
    files: [`src/${files}`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            noIndex,
            noNode,
            {
              regex: `^\\.(?!.*/(${allowed.join('|') || '-'})\\.js$)`,
              message: `Arrows run one way. ${files} may import of ours only: ${allowed.join(', ') || 'nothing'}.`,
            },
          ],
        },
      ],
    },
  };
}

export default defineConfig(
  { ignores: ['dist', 'coverage', 'test/*/consumers', 'test/package/api', 'test/runtimes/node_modules'] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-invalid-void-type': ['error', { allowAsThisParameter: true }],
      // The reason of an abort is the caller's own, and may be anything.
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      'no-console': 'error',
      'no-restricted-imports': ['error', { patterns: [noIndex] }],
      'sort-imports': ['error', { ignoreCase: true, ignoreDeclarationSort: true }],
    },
  },
  mayImport('errors.ts', []),
  mayImport('issuer.ts', ['errors']),
  mayImport('outcome-queue.ts', []),
  mayImport('input-reader.ts', ['abort']),
  mayImport('pacer.ts', ['abort', 'retry']),
  mayImport('bulk-request.ts', ['abort', 'errors', 'options', 'failure', 'retry', 'pacer']),
  mayImport('bulk-run.ts', [
    'abort',
    'errors',
    'issuer',
    'options',
    'input-reader',
    'outcome-queue',
    'pacer',
    'bulk-request',
  ]),
  mayImport('bulk.ts', ['issuer', 'options', 'pacer', 'bulk-run']),
  mayImport('secrets.ts', []),
  mayImport('abort.ts', []),
  mayImport('deadline.ts', ['abort']),
  mayImport('body.ts', ['deadline']),
  mayImport('options.ts', ['errors', 'issuer']),
  mayImport('profile.ts', []),
  mayImport('key.ts', ['options', 'profile', 'secrets']),
  mayImport('config.ts', ['issuer', 'options', 'profile', 'key']),
  mayImport('failure.ts', ['errors', 'options']),
  mayImport('retry.ts', ['errors', 'options']),
  mayImport('attempt.ts', ['errors', 'options', 'config', 'body', 'deadline', 'failure', 'retry', 'secrets']),
  mayImport('http.ts', ['errors', 'issuer', 'options', 'config', 'attempt', 'deadline', 'failure', 'retry']),
  mayImport('providers/*/wire.ts', []),
  mayImport('providers/*/users.ts', ['errors', 'attempt', 'issuer', 'options', 'http', 'wire']),
  mayImport('providers/*/adapter.ts', [
    'users',
    'errors',
    'issuer',
    'options',
    'profile',
    'config',
    'attempt',
    'http',
    'bulk',
    'bulk-run',
    'secrets',
    'wire',
  ]),
  mayImport('providers/*/fake.ts', ['fakes/[a-z-]+']),
  mayImport('fakes/*.ts', ['contract', 'json', 'macrotask', 'rate-limit', 'response', 'users']),
  mayImport('endpoint/*.ts', ['errors', 'issuer', 'options']),
  mayImport('testing/*.ts', ['fakes/contract', 'providers/index', 'providers/[a-z]+/fake']),
  mayImport('msw/*.ts', ['fakes/response', 'testing/index']),
  {
    // The command line is where Node.js may be used, and where all arrows end.
    files: ['src/cli/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [noIndex] }] },
  },
  mayImport('providers/index.ts', ['errors', 'issuer', 'profile', 'config', 'adapter', 'wire']),
  {
    files: ['test/**'],
    rules: {
      // A test may well give a function what its types forbid.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['*.js', 'bench/**/*.mjs', 'examples/**/*.mjs', 'test/runtimes/*.mjs', 'scripts/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        performance: 'readonly',
        fetch: 'readonly',
        Request: 'readonly',
        Response: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        setImmediate: 'readonly',
      },
    },
    rules: { 'no-console': 'off' },
  },
  prettier,
);

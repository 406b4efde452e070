import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const noIndex = { regex: '^(\\.\\./)+index\\.js$', message: 'No file imports the public entry.' };
const noNode = { regex: '^node:', message: 'The library runs wherever fetch does; Node.js is for the command line.' };

/** The house: which layers a layer may import from, beside itself. */
const ground = ['errors', 'issuer', 'secrets', 'time'];
const layers = {
  errors: ['errors'],
  issuer: ['errors', 'issuer'],
  secrets: ['secrets'],
  time: [],
  client: ground,
  limits: [...ground, 'client'],
  http: [...ground, 'client', 'limits'],
  bulk: [...ground, 'client', 'limits', 'http'],
  providers: [...ground, 'client', 'limits', 'http', 'bulk'],
  redis: ['errors', 'issuer', 'client', 'limits'],
  endpoint: ['errors', 'issuer', 'client'],
  fakes: ['secrets'],
  testing: ['fakes', 'providers'],
  msw: ['fakes', 'testing'],
};

function keepArrows(files, allowed, { own = '\\./', runtime = [noNode] } = {}) {
  const others = allowed.length === 0 ? '' : `|\\.\\.?/(?:\\.\\./)*(?:${allowed.join('|')})(?:/|\\.js$)`;
  const message = `Arrows run one way. ${files} may import of ours only: ${allowed.join(', ') || 'nothing'}.`;
  const patterns = [noIndex, ...runtime, { regex: `^(?!${own}${others})\\.`, message }];
  return { files: [`src/${files}`], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

export default defineConfig(
  {
    ignores: [
      ...['dist', 'coverage', 'test/*/consumers', 'test/package/api', 'test/{runtimes,apps,environments}/node_modules'],
      // Compiled by `npm run test:apps`, beside the frameworks that they name.
      ...['examples/token-endpoint/*.ts', 'test/{apps,environments}/work'],
    ],
  },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
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
  ...Object.entries(layers).flatMap(([layer, allowed]) => [
    keepArrows(`${layer}/**`, allowed),
    keepArrows(`${layer}.ts`, allowed, { own: '-' }),
  ]),
  // A fake that knew its adapter would agree with it even if both are wrong.
  keepArrows('providers/*/fake*.ts', ['fakes'], { own: '\\./fake(?:-\\w+)?\\.js$' }),
  // These two may use Node.js. All arrows end at the command line.
  keepArrows('testing/server/**', ['fakes', 'providers', 'testing'], { own: '\\.\\.?/(?!\\.)', runtime: [] }),
  { files: ['src/cli/**'], rules: { 'no-restricted-imports': ['error', { patterns: [noIndex] }] } },
  {
    // The page is sent the texts of these functions alone, without what is around them.
    files: ['src/testing/server/browser/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          "ImportDeclaration[importKind!='type']",
          'Program > VariableDeclaration',
          'Program > FunctionDeclaration',
        ].map((selector) => ({ selector, message: 'The page is sent the exported function alone.' })),
      ],
    },
  },
  {
    files: ['src/**'],
    rules: { 'max-lines': ['error', 300], 'max-lines-per-function': ['error', 80], 'max-params': ['error', 4] },
  },
  {
    files: ['test/**'],
    rules: {
      // A test may well give a function what its types forbid.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  // Its types are right with its registry alone, with which `types.test.ts` compiles it.
  { files: ['test/fourth-provider/**'], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: [
      '*.js',
      'bench/**/*.mjs',
      'examples/**/*.mjs',
      'test/{runtimes,apps,environments,redis,support}/*.mjs',
      'scripts/**/*.mjs',
    ],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        performance: 'readonly',
        fetch: 'readonly',
        Request: 'readonly',
        Response: 'readonly',
        Headers: 'readonly',
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
  {
    files: ['examples/testing/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      sourceType: 'commonjs',
      globals: {
        require: 'readonly',
        beforeAll: 'readonly',
        afterEach: 'readonly',
        afterAll: 'readonly',
        test: 'readonly',
        expect: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['scripts/site/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      sourceType: 'script',
      globals: {
        document: 'readonly',
        matchMedia: 'readonly',
        mermaid: 'readonly',
        MutationObserver: 'readonly',
        URL: 'readonly',
      },
    },
  },
  prettier,
);

import ts from 'typescript';
import { expect, it } from 'vitest';
import { replaced } from './replaced.js';

const here = import.meta.dirname;
const root = ts.sys.resolvePath(`${here}/../..`);
const { config } = ts.readConfigFile(`${root}/tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: object };
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root);

/** What the compiler says if those modules are replaced. */
function compile(): string[] {
  const host = ts.createCompilerHost(options);
  const cache = ts.createModuleResolutionCache(root, (name) => name, options);
  host.resolveModuleNameLiterals = (literals, importer) =>
    literals.map(({ text }) => {
      const module = importer.startsWith(here) ? undefined : replaced.find(({ find }) => find.test(text));
      return ts.resolveModuleName(module?.replacement.replace(/ts$/, 'js') ?? text, importer, options, host, cache);
    });
  const program = ts.createProgram([...fileNames, ...ts.sys.readDirectory(here, ['.ts'])], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName.slice(root.length + 1) ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

it('the whole project has the types of the second registry; the compiler asks for what that replaces, and no more', () => {
  const problems = compile();
  const lists = ['src/testing/fakes.ts', 'test/support/subjects/index.ts', 'test/types/usage.test-d.ts'];
  for (const list of lists)
    expect(problems).toContainEqual(expect.stringMatching(`^${list}: Property 'fourth' is missing`));
  expect(problems.filter((problem) => !lists.some((list) => problem.startsWith(list)))).toEqual([]);
}, 600_000);

const here = import.meta.dirname;

/**
 * What stands in the place of what, told by how `src` and the suites import it. This folder spells those paths in full, and
 * gets the first ones.
 */
export const replaced = [
  { find: /^\.\/registry\.js$/, replacement: `${here}/registry.ts` },
  { find: /^\.\/fakes\.js$/, replacement: `${here}/fakes.ts` },
  { find: /^\.{1,2}\/(\.\.\/)*(support\/)?subjects\/index\.js$/, replacement: `${here}/subjects.ts` },
];

/** The suites that run for every provider of the registry. What only the first three have is left out of them. */
export const suites = [
  'test/contract/*.test.ts',
  'test/faults/{deadlines,faults,fuzz,keys-and-ids,left-behind,places}.test.ts',
  'test/endpoint/answers.test.ts',
  'test/cli/{run,serve}.test.ts',
  'test/fakes/{everywhere,fakes,msw,options,redemption}.test.ts',
  'test/fakes/server/{controls,data,safety}.test.ts',
  'test/{bulk-property,plain-http}.test.ts',
  'test/limits/events.test.ts',
];

// A program in an environment that `--require` has prepared: `plain.cjs <abilities>`.
const { report } = require('./acceptance.cjs');

const [, , abilities, way] = process.argv;
const load = way === 'import' ? (name) => import(name) : async (name) => require(name);
(async () => {
  const parts = { core: await load('tokenwright'), testing: await load('tokenwright/testing') };
  await report(abilities.split(',').filter(Boolean), parts);
})();

/* global ABILITIES, test */
const { checksOf } = require('./acceptance.cjs');
const core = require('tokenwright');
const testing = require('tokenwright/testing');
require('tokenwright/endpoint');

const parts = { core, testing };
if (ABILITIES.includes('withMsw')) {
  parts.msw = { ...require('tokenwright/msw'), setupServer: require('msw/node').setupServer };
}
for (const [name, check] of Object.entries(checksOf(ABILITIES))) test(name, () => check(parts));

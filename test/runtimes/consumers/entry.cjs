// The same from CommonJS, which gets the other half of the package.
const core = require('tokenwright');
const endpoint = require('tokenwright/endpoint');
const testing = require('tokenwright/testing');

const places = JSON.parse(process.argv[2]);
import('./acceptance.mjs').then(async ({ accept, offlineChecks, onlineChecks }) => {
  console.log(JSON.stringify(await accept({ ...offlineChecks, ...onlineChecks }, { core, endpoint, testing, places })));
});

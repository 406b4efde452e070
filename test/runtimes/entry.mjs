// Node.js, Deno and Bun: prints the results of all checks. The packages are found as everybody's are.
import * as core from 'tokenwright';
import * as endpoint from 'tokenwright/endpoint';
import * as testing from 'tokenwright/testing';
import { accept, offlineChecks, onlineChecks } from './acceptance.mjs';

const places = JSON.parse(process.argv[2]);
console.log(JSON.stringify(await accept({ ...offlineChecks, ...onlineChecks }, { core, endpoint, testing, places })));

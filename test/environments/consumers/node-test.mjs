import test from 'node:test';
import * as core from 'tokenwright';
import { createFakeHandlers } from 'tokenwright/msw';
import * as testing from 'tokenwright/testing';
import { setupServer } from 'msw/node';
import acceptance from './acceptance.cjs';

const parts = { core, testing, msw: { createFakeHandlers, setupServer } };
for (const [name, check] of Object.entries(
  acceptance.checksOf(['withResponse', 'withFakes', 'withRequest', 'withMsw']),
))
  test(name, () => check(parts));

import * as core from 'tokenwright';
import * as testing from 'tokenwright/testing';
import { test } from 'vitest';
import acceptance from './acceptance.cjs';

const abilities = process.env.ABILITIES.split(',');
for (const [name, check] of Object.entries(acceptance.checksOf(abilities))) test(name, () => check({ core, testing }));

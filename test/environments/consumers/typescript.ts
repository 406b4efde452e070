import * as core from 'tokenwright';
import * as testing from 'tokenwright/testing';
import { checksOf } from './acceptance.cjs';

declare const ABILITIES: readonly string[];
declare function test(name: string, check: () => Promise<void>): void;

for (const [name, check] of Object.entries(checksOf(ABILITIES))) test(name, () => check({ core, testing }));

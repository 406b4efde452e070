import type { ProviderId } from '../../../src/index.js';
import { providerIds } from '../../../src/providers/create-issuer.js';
import { clerkSubject } from './clerk.js';
import { junctionSubject } from './junction.js';
import { sfoxSubject } from './sfox.js';
import type { Subject } from './subject.js';

/** What the suites know of each provider; the compiler asks for one for each. */
export const subjects: Readonly<Record<ProviderId, Subject>> = {
  junction: junctionSubject,
  sfox: sfoxSubject,
  clerk: clerkSubject,
};

/** Those whom the suites judge one by one: all. Where another one has joined, it alone, because the others were judged already. */
export const judged: readonly ProviderId[] = providerIds;

import type { ProviderId } from '../../src/index.js';
import type { Subject } from '../../test/support/subjects/subject.js';
import { subjects as first } from '../../test/support/subjects/index.js';
import { fourthSubject } from './subject.js';

/** Stands in the place of test/support/subjects/index.ts. */
export const subjects: Readonly<Record<ProviderId, Subject>> = { ...first, fourth: fourthSubject };

export const judged: readonly ProviderId[] = ['fourth'];

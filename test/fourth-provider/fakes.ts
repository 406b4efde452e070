import type { FakeSetting } from '../../src/fakes/definition.js';
import { fakeFactories as first, type ProviderFakes as FirstFakes } from '../../src/testing/fakes.js';
import { createFakeFourth, type FakeFourth } from './fake.js';

/** Stands in the place of src/testing/fakes.ts. */
export interface ProviderFakes extends FirstFakes {
  readonly fourth: FakeFourth;
}

export const fakeFactories: { readonly [P in keyof ProviderFakes]: (setting: FakeSetting) => ProviderFakes[P] } = {
  ...first,
  fourth: createFakeFourth,
};

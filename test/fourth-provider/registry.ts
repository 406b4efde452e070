import type { ProviderDefinition } from '../../src/providers/definition.js';
import { providers as first, type ProviderTypes as FirstTypes } from '../../src/providers/registry.js';
import { connectFourth, fourthProfile } from './adapter.js';
import type { FourthIssuer, FourthOptions } from './types.js';
import type { FourthErrorBody } from './wire.js';

/** Stands in the place of src/providers/registry.ts. */
export interface ProviderTypes extends FirstTypes {
  readonly fourth: { options: FourthOptions; issuer: FourthIssuer; errorBody: FourthErrorBody };
}

export const providers: {
  readonly [P in keyof ProviderTypes]: ProviderDefinition<ProviderTypes[P]['options'], ProviderTypes[P]['issuer']>;
} = {
  ...first,
  fourth: { profile: fourthProfile, connect: connectFourth },
};

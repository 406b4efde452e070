import { clerkProfile, connectClerk } from './clerk/adapter.js';
import type { ClerkIssuer, ClerkOptions } from './clerk/types.js';
import type { ClerkErrorBody } from './clerk/wire.js';
import type { ProviderDefinition } from './definition.js';
import { connectJunction, junctionProfile } from './junction/adapter.js';
import type { JunctionIssuer, JunctionOptions } from './junction/types.js';
import type { JunctionErrorBody } from './junction/wire.js';
import { connectSfox, sfoxProfile } from './sfox/adapter.js';
import type { SfoxIssuer, SfoxOptions } from './sfox/types.js';
import type { SfoxErrorBody } from './sfox/wire.js';

/** The types of each provider. A new provider is one line here and one in the registry below; all else is derived. */
export interface ProviderTypes {
  readonly junction: { options: JunctionOptions; issuer: JunctionIssuer; errorBody: JunctionErrorBody };
  readonly sfox: { options: SfoxOptions; issuer: SfoxIssuer; errorBody: SfoxErrorBody };
  readonly clerk: { options: ClerkOptions; issuer: ClerkIssuer; errorBody: ClerkErrorBody };
}

/** The providers by name. */
export const providers: {
  readonly [P in keyof ProviderTypes]: ProviderDefinition<ProviderTypes[P]['options'], ProviderTypes[P]['issuer']>;
} = /* @__PURE__ */ (() => ({
  junction: { profile: junctionProfile, connect: connectJunction },
  sfox: { profile: sfoxProfile, connect: connectSfox },
  clerk: { profile: clerkProfile, connect: connectClerk },
}))();

import type { Connection } from '../client/connection.js';
import type { ProviderProfile } from '../client/profile.js';
import type { ProviderError } from '../errors/known.js';
import { clerkProfile, connectClerk } from './clerk/adapter.js';
import type { ClerkIssuer, ClerkOptions } from './clerk/types.js';
import type { ClerkErrorBody } from './clerk/wire.js';
import { connectJunction, junctionProfile } from './junction/adapter.js';
import type { JunctionIssuer, JunctionOptions } from './junction/types.js';
import type { JunctionErrorBody } from './junction/wire.js';
import { connectSfox, sfoxProfile } from './sfox/adapter.js';
import type { SfoxIssuer, SfoxOptions } from './sfox/types.js';
import type { SfoxErrorBody } from './sfox/wire.js';

/** What each provider's types are: a provider is one line here and one in the registry below. All else is derived. */
interface ProviderTypes {
  readonly junction: { options: JunctionOptions; issuer: JunctionIssuer; errorBody: JunctionErrorBody };
  readonly sfox: { options: SfoxOptions; issuer: SfoxIssuer; errorBody: SfoxErrorBody };
  readonly clerk: { options: ClerkOptions; issuer: ClerkIssuer; errorBody: ClerkErrorBody };
}

export interface ProviderDefinition<P extends ProviderId> {
  readonly profile: ProviderProfile;
  readonly connect: (connection: Connection<ProviderOptions[P]>) => ProviderIssuers[P];
}

/** The registry. */
export const providers: { readonly [P in ProviderId]: ProviderDefinition<P> } = /* @__PURE__ */ (() => ({
  junction: { profile: junctionProfile, connect: connectJunction },
  sfox: { profile: sfoxProfile, connect: connectSfox },
  clerk: { profile: clerkProfile, connect: connectClerk },
}))();

/** The names that `createIssuer` takes, and the values of every `provider` field. */
export type ProviderId = keyof ProviderTypes;

/** The options of each provider's factory, by its name. */
export type ProviderOptions = { [P in ProviderId]: ProviderTypes[P]['options'] };

/** The client of each provider, by its name. */
export type ProviderIssuers = { [P in ProviderId]: ProviderTypes[P]['issuer'] };

/** A token of any provider, a union on `provider`. */
export type IssuedToken = { [P in ProviderId]: Awaited<ReturnType<ProviderIssuers[P]['issueToken']>> }[ProviderId];

/** Any error of this package, a union that `code` and `provider` narrow. */
export type AnyTokenwrightError = {
  [P in ProviderId]: ProviderError<P, ProviderTypes[P]['errorBody']>;
}[ProviderId];

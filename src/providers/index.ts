import { configure, type Connection } from '../client/connection.js';
import type { Variables } from '../client/variables.js';
import { ConfigurationError, isBrandedError } from '../errors.js';
import type { ProviderError } from '../errors/known.js';
import type { ProviderProfile } from '../client/profile.js';
import { clerkProfile, connectClerk } from './clerk/adapter.js';
import type { ClerkIssuer, ClerkOptions } from './clerk/types.js';
import type { ClerkErrorBody } from './clerk/wire.js';
import { connectJunction, type JunctionIssuer, type JunctionOptions, junctionProfile } from './junction/adapter.js';
import type { JunctionErrorBody } from './junction/wire.js';
import { connectSfox, type SfoxIssuer, type SfoxOptions, sfoxProfile } from './sfox/adapter.js';
import type { SfoxErrorBody } from './sfox/wire.js';

/** What each provider's types are: a provider is one line here and one in the registry below. All else is derived. */
interface ProviderTypes {
  readonly junction: { options: JunctionOptions; issuer: JunctionIssuer; errorBody: JunctionErrorBody };
  readonly sfox: { options: SfoxOptions; issuer: SfoxIssuer; errorBody: SfoxErrorBody };
  readonly clerk: { options: ClerkOptions; issuer: ClerkIssuer; errorBody: ClerkErrorBody };
}

interface ProviderDefinition<P extends ProviderId> {
  readonly profile: ProviderProfile;
  readonly connect: (connection: Connection<ProviderOptions[P]>) => ProviderIssuers[P];
}

/** The registry. */
export const providers: { readonly [P in ProviderId]: ProviderDefinition<P> } = /* @__PURE__ */ (() => ({
  junction: { profile: junctionProfile, connect: connectJunction },
  sfox: { profile: sfoxProfile, connect: connectSfox },
  clerk: { profile: clerkProfile, connect: connectClerk },
}))();

/** The names that {@link createIssuer} takes, and the values of every `provider` field. */
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

/** The names of all providers. */
export const providerIds: readonly ProviderId[] = /* @__PURE__ */ Object.keys(providers) as ProviderId[];

/**
 * Makes the client of the provider with that name, for code that is driven by configuration. The same as `createJunction`,
 * `createSfox` or `createClerk`, which a program that needs only one of them should call instead: its bundle is smaller.
 *
 * @throws `ConfigurationError` for an unknown name, and as those do.
 * @example
 * const issuer = createIssuer('clerk', { apiKey });
 */
export function createIssuer<P extends ProviderId>(provider: P, options?: ProviderOptions[P]): ProviderIssuers[P] {
  return connect(provider, options);
}

/** As {@link createIssuer}, with environment variables that are not the process's own, if given. */
export function connect<P extends ProviderId>(
  provider: P,
  options: ProviderOptions[P] = {},
  variables?: Variables,
): ProviderIssuers[P] {
  if (!Object.hasOwn(providers, provider)) {
    throw new ConfigurationError({
      code: 'invalid_option',
      message: `There is no provider of that name. Known are ${providerIds.join(', ')}.`,
      provider: undefined,
      operation: 'createClient',
    });
  }
  const { profile, connect }: ProviderDefinition<P> = providers[provider];
  return connect(configure(profile, options, variables));
}

/**
 * Whether a value is an error of this package. Works across two copies of the package, and across ESM and CommonJS, where
 * `instanceof` does not. Afterwards `switch (error.code)` and `error.provider` narrow, down to the form of `details`.
 */
export function isTokenwrightError(value: unknown): value is AnyTokenwrightError {
  return isBrandedError(value);
}

import { ConfigurationError, isBrandedError, type ProviderErrorUnion } from '../errors.js';
import { createClerk } from './clerk/adapter.js';
import type { ClerkErrorBody } from './clerk/wire.js';
import { createJunction } from './junction/adapter.js';
import type { JunctionErrorBody } from './junction/wire.js';
import { createSfox } from './sfox/adapter.js';
import type { SfoxErrorBody } from './sfox/wire.js';

/** The registry: a provider is one line here, and one in {@link ErrorBodies}. All else is derived. */
const factories = {
  junction: createJunction,
  sfox: createSfox,
  clerk: createClerk,
};

/** What each provider answers when it refuses. The compiler asks for a line for each provider of the registry. */
interface ErrorBodies extends Record<ProviderId, unknown> {
  junction: JunctionErrorBody;
  sfox: SfoxErrorBody;
  clerk: ClerkErrorBody;
}

/** The names that {@link createIssuer} takes, and the values of every `provider` field. */
export type ProviderId = keyof typeof factories;

/** The options of each provider's factory, by its name. */
export type ProviderOptions = { [P in ProviderId]: NonNullable<Parameters<(typeof factories)[P]>[0]> };

/** The client of each provider, by its name. */
export type ProviderIssuers = { [P in ProviderId]: ReturnType<(typeof factories)[P]> };

/** A token of any provider, a union on `provider`. */
export type IssuedToken = { [P in ProviderId]: Awaited<ReturnType<ProviderIssuers[P]['issueToken']>> }[ProviderId];

/** Any error of this package, a union that `code` and `provider` narrow. */
export type AnyTokenwrightError = { [P in ProviderId]: ProviderErrorUnion<P, ErrorBodies[P]> }[ProviderId];

/** The names of all providers. */
export const providerIds: readonly ProviderId[] = /* @__PURE__ */ Object.keys(factories) as ProviderId[];

/**
 * Makes the client of the provider with that name, for code that is driven by configuration. The same as `createJunction`,
 * `createSfox` or `createClerk`, which a program that needs only one of them should call instead: its bundle is smaller.
 *
 * @throws `ConfigurationError` for an unknown name, and as those do.
 * @example
 * const issuer = createIssuer('clerk', { apiKey });
 */
export function createIssuer<P extends ProviderId>(provider: P, options?: ProviderOptions[P]): ProviderIssuers[P] {
  const table: { [Id in ProviderId]: (options?: ProviderOptions[Id]) => ProviderIssuers[Id] } = factories;
  if (Object.hasOwn(factories, provider)) return table[provider](options);
  throw new ConfigurationError({
    code: 'invalid_option',
    message: `There is no provider of that name. Known are ${providerIds.join(', ')}.`,
    provider: undefined,
    operation: 'createClient',
  });
}

/**
 * Whether a value is an error of this package. Works across two copies of the package, and across ESM and CommonJS, where
 * `instanceof` does not. Afterwards `switch (error.code)` and `error.provider` narrow, down to the form of `details`.
 */
export function isTokenwrightError(value: unknown): value is AnyTokenwrightError {
  return isBrandedError(value);
}

import { configure } from '../client/connection.js';
import type { Variables } from '../client/variables.js';
import { ConfigurationError } from '../errors.js';
import {
  type ProviderDefinition,
  type ProviderId,
  type ProviderIssuers,
  type ProviderOptions,
  providers,
} from './index.js';

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

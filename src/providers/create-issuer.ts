import { configure } from '../client/connection.js';
import type { Variables } from '../client/variables.js';
import { ConfigurationError } from '../errors.js';
import type { ProviderDefinition } from './definition.js';
import { type ProviderId, type ProviderIssuers, type ProviderOptions, providers } from './index.js';

/** The names of all providers. */
export const providerIds: readonly ProviderId[] = /* @__PURE__ */ Object.keys(providers) as ProviderId[];

/**
 * Makes the client of the provider with that name, for code that reads the name from its configuration. If you need only one
 * provider, call `createJunction`, `createSfox` or `createClerk` instead: your bundle is smaller.
 *
 * @throws `ConfigurationError` (`invalid_option`) for an unknown name; else as those functions.
 * @example
 * const issuer = createIssuer('clerk', { apiKey });
 */
export function createIssuer<P extends ProviderId>(provider: P, options?: ProviderOptions[P]): ProviderIssuers[P] {
  return connect(provider, options);
}

/** Like {@link createIssuer}, but reads `variables` instead of the environment variables of the process, if given. */
export function connect<P extends ProviderId>(
  provider: P,
  options: ProviderOptions[P] = {},
  variables?: Variables,
): ProviderIssuers[P] {
  if (!Object.hasOwn(providers, provider)) {
    throw new ConfigurationError({
      code: 'invalid_option',
      message: `Unknown provider. Known providers: ${providerIds.join(', ')}.`,
      provider: undefined,
      operation: 'createClient',
    });
  }
  const { profile, connect }: ProviderDefinition<ProviderOptions[P], ProviderIssuers[P]> = providers[provider];
  return connect(configure(profile, options, variables));
}

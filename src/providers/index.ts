import type { ProviderError } from '../errors/known.js';
import type { ProviderDefinition } from './definition.js';
import { type ProviderTypes, providers as registered } from './registry.js';

/**
 * The names that `createIssuer` takes, and the values of every `provider` field.
 *
 * `Extract` lists the names: as a plain `keyof`, a message or a declaration file would say `keyof ProviderTypes`, which is not
 * exported.
 */
export type ProviderId = Extract<keyof ProviderTypes, string>;

/** The options of each provider's factory, by its name. */
export type ProviderOptions = { [P in ProviderId]: ProviderTypes[P]['options'] };

/** The client of each provider, by its name. */
export type ProviderIssuers = { [P in ProviderId]: ProviderTypes[P]['issuer'] };

/** The providers by name. */
export const providers: { readonly [P in ProviderId]: ProviderDefinition<ProviderOptions[P], ProviderIssuers[P]> } =
  registered;

/** A token of any provider: a union that `provider` narrows. */
export type IssuedToken = { [P in ProviderId]: Awaited<ReturnType<ProviderIssuers[P]['issueToken']>> }[ProviderId];

/** Any error of this package: a union that `code` and `provider` narrow. */
export type AnyTokenwrightError = {
  [P in ProviderId]: ProviderError<P, ProviderTypes[P]['errorBody']>;
}[ProviderId];

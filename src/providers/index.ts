import { configure, type Connection, type TargetOptions, type Variables } from '../config.js';
import {
  type ApiError,
  type AuthenticationError,
  ConfigurationError,
  type ConnectionError,
  type InvalidInputError,
  type InvalidResponseError,
  isBrandedError,
  type NotFoundError,
  type PermissionDeniedError,
  type PlainApiErrorCode,
  type RateLimitError,
  type ServerError,
  type TimeoutError,
  type TokenNotPendingError,
  type ValidationError,
} from '../errors.js';
import type { ClientOptions, TokenIssuer } from '../issuer.js';
import type { ProviderProfile } from '../profile.js';
import { type ClerkIssuer, type ClerkOptions, clerkProfile, connectClerk } from './clerk/adapter.js';
import type { ClerkErrorBody } from './clerk/wire.js';
import { connectJunction, type JunctionIssuer, type JunctionOptions, junctionProfile } from './junction/adapter.js';
import type { JunctionErrorBody } from './junction/wire.js';
import { connectSfox, type SfoxIssuer, type SfoxOptions, sfoxProfile } from './sfox/adapter.js';
import type { SfoxErrorBody } from './sfox/wire.js';

interface ProviderDefinition<O extends ClientOptions & TargetOptions, I extends TokenIssuer> {
  readonly profile: ProviderProfile;
  readonly connect: (connection: Connection, options: O) => I;
}

/** Keeps the types of a provider's options and client, from which those of the registry are derived. */
function define<O extends ClientOptions & TargetOptions, I extends TokenIssuer>(
  profile: ProviderProfile,
  connect: (connection: Connection, options: O) => I,
): ProviderDefinition<O, I> {
  return { profile, connect };
}

/** The registry: a provider is one line here, and one in {@link ErrorBodies}. All else is derived. */
export const providers = /* @__PURE__ */ (() => ({
  junction: define<JunctionOptions, JunctionIssuer>(junctionProfile, connectJunction),
  sfox: define<SfoxOptions, SfoxIssuer>(sfoxProfile, connectSfox),
  clerk: define<ClerkOptions, ClerkIssuer>(clerkProfile, connectClerk),
}))();

/** What each provider answers when it refuses. The compiler asks for a line for each provider of the registry. */
interface ErrorBodies extends Record<ProviderId, unknown> {
  junction: JunctionErrorBody;
  sfox: SfoxErrorBody;
  clerk: ClerkErrorBody;
}

/** Every error of one provider, as a union that a `switch` on `code` narrows. */
type ProviderErrorUnion<Provider extends string, Details> =
  | (ConfigurationError & Of<Provider>)
  | (InvalidInputError & Of<Provider>)
  | (ApiError & { readonly code: PlainApiErrorCode } & Answered<Provider, Details>)
  | (AuthenticationError & Answered<Provider, Details>)
  | (PermissionDeniedError & Answered<Provider, Details>)
  | (NotFoundError & Answered<Provider, Details>)
  | (ValidationError & Answered<Provider, Details>)
  | (TokenNotPendingError & Answered<Provider, Details>)
  | (RateLimitError & Answered<Provider, Details>)
  | (ServerError & Answered<Provider, Details>)
  | (ConnectionError & Of<Provider>)
  | (TimeoutError & Of<Provider>)
  | (InvalidResponseError & Of<Provider>);

interface Of<Provider extends string> {
  readonly provider: Provider | undefined;
}

interface Answered<Provider extends string, Details> {
  readonly provider: Provider;
  readonly details: Details | undefined;
}

/** The names that {@link createIssuer} takes, and the values of every `provider` field. */
export type ProviderId = keyof typeof providers;

/** The options of each provider's factory, by its name. */
export type ProviderOptions = { [P in ProviderId]: Parameters<(typeof providers)[P]['connect']>[1] };

/** The client of each provider, by its name. */
export type ProviderIssuers = { [P in ProviderId]: ReturnType<(typeof providers)[P]['connect']> };

/** A token of any provider, a union on `provider`. */
export type IssuedToken = { [P in ProviderId]: Awaited<ReturnType<ProviderIssuers[P]['issueToken']>> }[ProviderId];

/** Any error of this package, a union that `code` and `provider` narrow. */
export type AnyTokenwrightError = { [P in ProviderId]: ProviderErrorUnion<P, ErrorBodies[P]> }[ProviderId];

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
  const table: { [Id in ProviderId]: ProviderDefinition<ProviderOptions[Id], ProviderIssuers[Id]> } = providers;
  const { profile, connect } = table[provider];
  return connect(configure(profile, options, variables), options);
}

/**
 * Whether a value is an error of this package. Works across two copies of the package, and across ESM and CommonJS, where
 * `instanceof` does not. Afterwards `switch (error.code)` and `error.provider` narrow, down to the form of `details`.
 */
export function isTokenwrightError(value: unknown): value is AnyTokenwrightError {
  return isBrandedError(value);
}

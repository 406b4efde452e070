import type { Fetch } from '../issuer.js';
import { createCredentialReader, type CredentialReader } from './credential-reader.js';
import { type CredentialSource, findCredentials, listKeys } from './credentials.js';
import { createKeyring, type Keyring } from './keyring.js';
import { type CallContext, checkFunction, checkOptionNames, ownProperties } from './options.js';
import { ownOptionNames, readOwnOptions } from './own-options.js';
import type { ProviderProfile } from './profile.js';
import { type CallSettings, defaultSettings, resolveSettings, timingOptionNames } from './settings.js';
import { checkHost, readTarget, resolveUrl } from './target.js';
import type { Setup, Variables } from './variables.js';

/** A client's settings, checked and complete. */
export interface Connection<Options extends object = object> {
  readonly profile: ProviderProfile;
  /** The given options; the provider's own options are filled from environment variables. */
  readonly options: Options;
  /** From the key, the options or the variables; `undefined` if none of them tells. */
  readonly environment: string | undefined;
  readonly region: string | undefined;
  /** The base URL with the API version, without a slash at the end. */
  readonly url: string;
  readonly settings: CallSettings;
  /** The user's `fetch`; if `undefined`, the global one is looked up at each request. */
  readonly fetch: Fetch | undefined;
  /** Where each credential comes from. */
  readonly sources: readonly CredentialSource[];
  readonly credentials: CredentialReader;
  readonly keyring: Keyring;
}

/**
 * Checks a client's options and its environment variables before anything is sent. No message holds a key.
 *
 * @param variables - The environment variables; by default those of the process, if there is one.
 */
export function configure<Options extends object>(
  profile: ProviderProfile,
  options: Options,
  variables?: Variables,
): Connection<Options> {
  const keyring = createKeyring(
    listKeys(profile, options, variables),
    Object.values(profile.credentials).flatMap(({ prefixes = {} }) => Object.keys(prefixes)),
  );
  const { provider, label } = profile;
  const context: CallContext = { provider, label, operation: 'createClient', keyring };
  const setup: Setup = { context, variables };
  checkOptionNames(context, options, [
    ...Object.keys(profile.credentials),
    'baseUrl',
    'allowHttp',
    ...(profile.environments === undefined ? [] : ['environment']),
    ...(profile.regions === undefined ? [] : ['region']),
    'fetch',
    'rateLimit',
    'onEvent',
    ...timingOptionNames,
    ...ownOptionNames(profile, 'client'),
  ]);

  const given = ownProperties(options) as Record<string, unknown>;
  const { fetch } = given;
  checkFunction(context, 'fetch', fetch);
  checkFunction(context, 'onEvent', given['onEvent']);
  const settings = resolveSettings(context, given, defaultSettings);
  const target = readTarget(setup, profile, given);
  const sources = findCredentials(setup, profile, target, given);
  const facts = sources.find((source) => source.facts !== undefined)?.facts;
  checkHost(setup, target, facts);
  const url = resolveUrl(setup, profile, target, { facts, sources });
  return {
    profile,
    options: readOwnOptions(setup, profile, given) as Options,
    environment: target.environment?.value ?? facts?.environment ?? target.host?.environment,
    region: target.region?.value ?? facts?.region ?? target.host?.region,
    url,
    settings,
    fetch: fetch as Fetch | undefined,
    sources,
    credentials: createCredentialReader({
      profile,
      target,
      sources,
      keyring,
      hungAfterMilliseconds: settings.attemptTimeout,
    }),
    keyring,
  };
}

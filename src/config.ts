import type { ClientOptions, Fetch } from './issuer.js';
import {
  type CallContext,
  type CallSettings,
  checkOptionNames,
  configurationError,
  defaultSettings,
  resolveSettings,
  timingOptionNames,
} from './options.js';
import { copyCause } from './secrets.js';

/** What the prefix of a key says about it. */
export interface KeyFacts {
  readonly environment: string;
  readonly region?: string;
}

/** All that sets one provider's connection apart from another's. */
export interface ProviderProfile {
  readonly provider: string;
  /** The provider's name as people write it. */
  readonly label: string;
  /** The first segment of every path: `v1`. */
  readonly version: string;
  /** One host for everything, or one for each environment (`sandbox`) or environment and region (`sandbox eu`). */
  readonly hosts: string | Readonly<Record<string, string>>;
  readonly environments: readonly string[];
  readonly regions?: readonly string[];
  readonly keyPrefixes?: Readonly<Record<string, KeyFacts>>;
  /** Prefixes of keys that are never right here, and what such a key is. */
  readonly refusedKeyPrefixes?: Readonly<Record<string, string>>;
  /** The environment variables for each option, the preferred one first. */
  readonly variables: {
    readonly apiKey: readonly string[];
    readonly environment: readonly string[];
    readonly region?: readonly string[];
    readonly baseUrl?: readonly string[];
  };
  /** Names of the options that only this provider has. */
  readonly ownOptions?: readonly string[];
}

/** The options that choose where requests go. */
export interface TargetOptions {
  readonly environment?: string | undefined;
  readonly region?: string | undefined;
  readonly baseUrl?: string | undefined;
}

/** A client's settings, checked and complete. */
export interface Connection {
  readonly profile: ProviderProfile;
  /** What stands before every path, the version included, without a slash at the end. */
  readonly url: string;
  readonly settings: CallSettings;
  readonly fetch: Fetch;
  /** Asks for the key and checks it; throws a `ConfigurationError` for one that cannot be used. */
  readonly readKey: (context: CallContext) => string | Promise<string>;
}

/** A value and where it came from, for messages. */
interface Setting {
  readonly value: unknown;
  readonly source: string;
}

interface Target {
  readonly environment?: Setting | undefined;
  readonly region?: Setting | undefined;
  readonly baseUrl?: Setting | undefined;
}

/** Checks a client's options and its environment variables before anything is sent. No message holds the key. */
export function configure(profile: ProviderProfile, options: ClientOptions & TargetOptions): Connection {
  const context: CallContext = { provider: profile.provider, label: profile.label, operation: 'createClient' };
  const { regions, ownOptions = [] } = profile;
  const targetNames = ['baseUrl', 'environment', ...(regions ? ['region'] : [])];
  checkOptionNames(context, options, ['apiKey', ...targetNames, 'fetch', ...timingOptionNames, ...ownOptions]);

  const { apiKey, fetch } = options;
  if (fetch !== undefined && typeof fetch !== 'function') {
    throw configurationError(context, 'invalid_option', '`fetch` must be a function.');
  }
  const settings = resolveSettings(context, options, defaultSettings);
  const target = readTarget(context, profile, options);
  const connection = {
    profile,
    settings,
    fetch: fetch ?? ((url: string, init: RequestInit) => globalThis.fetch(url, init)),
  };

  if (typeof apiKey === 'function') {
    return {
      ...connection,
      url: resolveUrl(context, profile, target, undefined),
      readKey: async (callContext) => {
        const value = await askKey(callContext, apiKey);
        return examineKey(callContext, profile, target, { value, source: 'what the function `apiKey` returned' }).key;
      },
    };
  }
  const setting =
    apiKey === undefined
      ? readVariables(context, profile.variables.apiKey)
      : { value: apiKey, source: 'the option `apiKey`' };
  if (setting === undefined) {
    const names = profile.variables.apiKey.join(' or ');
    throw configurationError(context, 'missing_api_key', `there is no API key. Pass \`apiKey\` or set ${names}.`);
  }
  const { key, facts } = examineKey(context, profile, target, setting);
  return { ...connection, url: resolveUrl(context, profile, target, facts), readKey: () => key };
}

function readTarget(context: CallContext, profile: ProviderProfile, options: TargetOptions): Target {
  const { baseUrl } = options;
  if (baseUrl !== undefined) {
    const other = (['environment', 'region'] as const).find((name) => options[name] !== undefined);
    if (other === undefined) return { baseUrl: { value: baseUrl, source: '`baseUrl`' } };
    throw configurationError(
      context,
      'invalid_option',
      `\`baseUrl\` and \`${other}\` exclude each other. Give only one.`,
    );
  }
  const { environments, regions = [], variables } = profile;
  return {
    environment: readChoice(context, 'environment', options.environment, variables.environment, environments),
    region: readChoice(context, 'region', options.region, variables.region, regions),
    baseUrl: readVariables(context, variables.baseUrl),
  };
}

function readChoice(
  context: CallContext,
  name: string,
  option: unknown,
  variables: readonly string[] | undefined,
  choices: readonly string[],
): Setting | undefined {
  const setting = option === undefined ? readVariables(context, variables) : { value: option, source: `\`${name}\`` };
  if (setting === undefined || choices.some((choice) => choice === setting.value)) return setting;
  throw configurationError(context, 'invalid_option', `${setting.source} must be ${quote(choices)}.`);
}

/** Reads the first variable that is set. Where two are set they must agree: neither is right merely by its rank. */
function readVariables(context: CallContext, names: readonly string[] = []): Setting | undefined {
  const settings = names.map((name) => ({ value: readVariable(name), source: name })).filter(({ value }) => value);
  const [first] = settings;
  const other = settings.find(({ value }) => value !== first?.value);
  if (first === undefined || other === undefined) return first;
  throw configurationError(
    context,
    'environment_mismatch',
    `the environment variables ${first.source} and ${other.source} disagree. Unset one, or pass the value as an option.`,
  );
}

function readVariable(name: string): string | undefined {
  try {
    return (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.[name];
  } catch {
    // Deno throws where the program is not allowed to read the variable; for us it is not set then.
    return undefined;
  }
}

async function askKey(context: CallContext, apiKey: () => string | Promise<string>): Promise<unknown> {
  try {
    return await apiKey();
  } catch (error) {
    throw configurationError(
      context,
      'missing_api_key',
      'the function `apiKey` failed; see `cause`.',
      copyCause(error),
    );
  }
}

function examineKey(
  context: CallContext,
  profile: ProviderProfile,
  target: Target,
  { value: key, source }: Setting,
): { key: string; facts: KeyFacts | undefined } {
  const refuse = (problem: string) => configurationError(context, 'invalid_api_key', `${source} ${problem}`);
  if (typeof key !== 'string') throw refuse('must be a string.');
  if (key.trim() === '') throw refuse('is blank.');
  if (key.trim() !== key) throw refuse('has white space around it, often a line break from a file. Trim it.');
  // `fetch` would print the whole key in the message with which it refuses such a header.
  if (/[^\x21-\x7e]/.test(key)) throw refuse('has characters that no key has: white space, control or non-ASCII ones.');

  const { refusedKeyPrefixes = {}, keyPrefixes = {} } = profile;
  const refused = Object.keys(refusedKeyPrefixes).find((prefix) => key.startsWith(prefix));
  if (refused !== undefined) throw refuse(`begins with ${refused}: that is ${String(refusedKeyPrefixes[refused])}`);

  const prefix = Object.keys(keyPrefixes).find((each) => key.startsWith(each));
  const facts = prefix === undefined ? undefined : keyPrefixes[prefix];
  for (const name of ['environment', 'region'] as const) {
    const wanted = target[name];
    if (wanted === undefined) continue;
    if (facts === undefined) {
      // Where the environment chooses the host, the provider there is the judge. Where one host serves all, only the
      // prefix could tell, and a guard that cannot hold must not look as if it did.
      if (typeof profile.hosts !== 'string') continue;
      const prefixes = Object.keys(keyPrefixes).join(' nor ');
      throw configurationError(
        context,
        'environment_mismatch',
        `${wanted.source} cannot be checked: ${source} begins with neither ${prefixes}. Use such a key or leave it out.`,
      );
    }
    if (facts[name] === wanted.value) continue;
    throw configurationError(
      context,
      'environment_mismatch',
      `${wanted.source} is '${String(wanted.value)}', but ${source} begins with ${String(prefix)}, ` +
        `which means '${String(facts[name])}'. Use a key of the other ${name}, or change ${wanted.source}.`,
    );
  }
  return { key, facts };
}

function resolveUrl(
  context: CallContext,
  profile: ProviderProfile,
  target: Target,
  facts: KeyFacts | undefined,
): string {
  const { hosts, version, environments, regions } = profile;
  if (target.baseUrl !== undefined) return `${checkBaseUrl(context, target.baseUrl, version)}/${version}`;
  if (typeof hosts === 'string') return `${hosts}/${version}`;

  const choose = (name: 'environment' | 'region', choices: readonly string[]): string => {
    const choice = target[name]?.value ?? facts?.[name];
    if (typeof choice === 'string') return choice;
    const names = profile.variables[name]?.join(' or ') ?? '';
    throw configurationError(
      context,
      'invalid_option',
      `\`${name}\` must be given, the key does not say it: ${quote(choices)}, as an option or in ${names}.`,
    );
  };
  const environment = choose('environment', environments);
  const host = regions === undefined ? environment : `${environment} ${choose('region', regions)}`;
  return `${String(hosts[host])}/${version}`;
}

/** Returns the base URL without the version and without a slash at the end. */
function checkBaseUrl(context: CallContext, { value, source }: Setting, version: string): string {
  const refuse = (problem: string) => configurationError(context, 'invalid_option', `${source} ${problem}`);
  let url: URL;
  try {
    url = new URL(String(value));
  } catch {
    // Not quoted: it may hold credentials.
    throw refuse('must be an absolute URL.');
  }
  if (url.username !== '' || url.password !== '') throw refuse('must not hold credentials.');
  if (url.search !== '' || url.hash !== '') throw refuse('must not have a query or a fragment.');
  const loopback = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    throw refuse('must be https; plain http would send the key unencrypted and is for loopback addresses only.');
  }
  const path = url.pathname.replace(/\/+$/, '');
  const ownVersion = `/${version}`;
  return url.origin + (path.endsWith(ownVersion) ? path.slice(0, -ownVersion.length) : path);
}

function quote(choices: readonly string[]): string {
  return choices.map((choice) => `'${choice}'`).join(' or ');
}

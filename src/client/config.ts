import type { ClientOptions, Fetch } from '../issuer.js';
import { type CallContext, checkFunction, checkOptionNames, configurationError } from './options.js';
import { type CallSettings, defaultSettings, resolveSettings, timingOptionNames } from './settings.js';
import { askKey, examineKey, type Setting, type Target } from './key.js';
import type { KeyFacts, ProviderProfile } from './profile.js';

/** The options that choose where requests go. */
export interface TargetOptions {
  readonly environment?: string | undefined;
  readonly region?: string | undefined;
  readonly baseUrl?: string | undefined;
}

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A client's settings, checked and complete. */
export interface Connection {
  readonly profile: ProviderProfile;
  /** What the key, the options and the variables say; `undefined` where none does. */
  readonly environment: string | undefined;
  readonly region: string | undefined;
  /** Where the key comes from, for people. */
  readonly keySource: string;
  /** What stands before every path, the version included, without a slash at the end. */
  readonly url: string;
  readonly settings: CallSettings;
  readonly fetch: Fetch;
  /** Asks for the key and checks it; throws a `ConfigurationError` for one that cannot be used. */
  readonly readKey: (context: CallContext) => string | Promise<string>;
}

/** What the steps of the set-up share. */
interface Setup {
  readonly context: CallContext;
  readonly profile: ProviderProfile;
  readonly variables: Variables | undefined;
}

/**
 * Checks a client's options and its environment variables before anything is sent. No message holds the key.
 *
 * @param variables - The environment variables; by default those of the process, where there is one.
 */
export function configure(
  profile: ProviderProfile,
  options: ClientOptions & TargetOptions,
  variables?: Variables,
): Connection {
  const context: CallContext = { provider: profile.provider, label: profile.label, operation: 'createClient' };
  const setup: Setup = { context, profile, variables };
  const { regions, ownOptions = [] } = profile;
  const targetNames = ['baseUrl', 'environment', ...(regions ? ['region'] : [])];
  checkOptionNames(context, options, ['apiKey', ...targetNames, 'fetch', ...timingOptionNames, ...ownOptions]);

  const { apiKey, fetch } = options;
  checkFunction(context, 'fetch', fetch);
  const settings = resolveSettings(context, options, defaultSettings);
  const target = readTarget(setup, options);
  const connect = (facts: KeyFacts | undefined, keySource: string, readKey: Connection['readKey']): Connection => ({
    profile,
    settings,
    fetch: fetch ?? ((url, init) => globalThis.fetch(url, init)),
    environment: target.environment?.value ?? facts?.environment,
    region: target.region?.value ?? facts?.region,
    url: resolveUrl(setup, target, facts),
    keySource,
    readKey,
  });

  if (typeof apiKey === 'function') {
    const source = 'the function `apiKey`';
    return connect(undefined, source, async (callContext) => {
      const value = await askKey(callContext, apiKey);
      return examineKey(callContext, profile, target, { value, source: `what ${source} returned` }).key;
    });
  }
  const setting =
    apiKey === undefined
      ? readVariables(setup, profile.variables.apiKey)
      : { value: apiKey, source: 'the option `apiKey`' };
  if (setting === undefined) {
    const names = profile.variables.apiKey.join(' or ');
    // Whoever hands over variables is the command line, where there is no such option.
    const ways = variables === undefined ? `Pass \`apiKey\` or set ${names}` : `Set ${names}`;
    throw configurationError(context, 'missing_api_key', `there is no API key. ${ways}.`);
  }
  const { key, facts } = examineKey(context, profile, target, setting);
  return connect(facts, setting.source, () => key);
}

function readTarget(setup: Setup, options: TargetOptions): Target {
  const { environments, regions = [], variables } = setup.profile;
  const { baseUrl } = options;
  const excluded = (['environment', 'region'] as const).find((name) => options[name] !== undefined);
  if (baseUrl !== undefined && excluded !== undefined) {
    const message = `\`baseUrl\` and \`${excluded}\` exclude each other. Give only one.`;
    throw configurationError(setup.context, 'invalid_option', message);
  }
  return {
    // Beside a base URL, the variables choose nothing any more; the key must not contradict them all the same.
    environment: readChoice(setup, 'environment', options.environment, variables.environment, environments),
    region: readChoice(setup, 'region', options.region, variables.region, regions),
    baseUrl: baseUrl === undefined ? readVariables(setup, variables.baseUrl) : { value: baseUrl, source: '`baseUrl`' },
  };
}

function readChoice(
  setup: Setup,
  name: string,
  option: unknown,
  variables: readonly string[] | undefined,
  choices: readonly string[],
): Setting<string> | undefined {
  const setting = option === undefined ? readVariables(setup, variables) : { value: option, source: `\`${name}\`` };
  if (setting === undefined) return undefined;
  const value = choices.find((choice) => choice === setting.value);
  if (value !== undefined) return { value, source: setting.source };
  throw configurationError(setup.context, 'invalid_option', `${setting.source} must be ${quote(choices)}.`);
}

/** Reads the first variable that is set. Where two are set they must agree: neither is right merely by its rank. */
function readVariables({ context, variables }: Setup, names: readonly string[] = []): Setting | undefined {
  const settings = names
    .map((name) => ({ value: readVariable(variables, name), source: name }))
    .filter(({ value }) => value);
  const [first] = settings;
  const other = settings.find(({ value }) => value !== first?.value);
  if (first === undefined || other === undefined) return first;
  throw configurationError(
    context,
    'environment_mismatch',
    `the environment variables ${first.source} and ${other.source} disagree. Unset one, or pass the value as an option.`,
  );
}

function readVariable(variables: Variables | undefined, name: string): string | undefined {
  try {
    return (variables ?? (globalThis as { process?: { env?: Variables } }).process?.env)?.[name];
  } catch {
    // Deno throws where the program is not allowed to read the variable; for us it is not set then.
    return undefined;
  }
}

function resolveUrl({ context, profile }: Setup, target: Target, facts: KeyFacts | undefined): string {
  const { hosts, version, environments, regions } = profile;
  if (target.baseUrl !== undefined) {
    const baseUrl = checkBaseUrl(context, target.baseUrl, version);
    checkKnownHost(context, profile, target, facts, baseUrl);
    return `${baseUrl}/${version}`;
  }
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

/** Refuses a base URL that is the provider's own for another environment or region than the variables or the key say. */
function checkKnownHost(
  context: CallContext,
  { hosts }: ProviderProfile,
  target: Target,
  facts: KeyFacts | undefined,
  baseUrl: string,
): void {
  if (typeof hosts === 'string') return;
  const known = Object.keys(hosts).find((name) => hosts[name] === baseUrl);
  const [environment, region] = known?.split(' ') ?? [];
  for (const [name, actual] of Object.entries({ environment, region })) {
    const choice = target[name as 'environment' | 'region'];
    const wanted = choice?.value ?? facts?.[name as 'environment' | 'region'];
    if (actual === undefined || wanted === undefined || actual === wanted) continue;
    const message = `\`baseUrl\` is the one for '${actual}', but ${choice?.source ?? 'the key'} says '${wanted}'.`;
    throw configurationError(context, 'environment_mismatch', message);
  }
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
  if (!/^https?:$/.test(url.protocol)) throw refuse('must begin with https://, or with http:// on this machine.');
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

import { configurationError, invalidOption } from './options.js';
import { checkAllowHttp, checkPlainHttp, isLoopback } from './plain-http.js';
import { type CredentialProfile, findHost, type ProviderProfile, type TargetFacts } from './profile.js';
import { readVariables, type Setting, type Setup } from './variables.js';

/** The environment, region and base URL from options or variables. */
export interface Target {
  readonly environment?: Setting<string> | undefined;
  readonly region?: Setting<string> | undefined;
  /** Without the version and without a slash at the end. */
  readonly baseUrl?: Setting<string> | undefined;
  /** Whether the base URL is plain http on another machine, as `allowHttp` allows. */
  readonly isPlainHttp?: boolean | undefined;
  /** What the host of the base URL stands for, if it is the provider's; `undefined` for a gateway or without a base URL. */
  readonly host?: TargetFacts | undefined;
}

export const targetNames = ['environment', 'region'] as const;

/** Reads where requests go. The option `baseUrl` excludes the options `environment` and `region`. */
export function readTarget(setup: Setup, profile: ProviderProfile, options: Record<string, unknown>): Target {
  const { environments = [], regions = [], variables } = profile;
  const excluded = targetNames.find((name) => options[name] !== undefined);
  if (options['baseUrl'] !== undefined && excluded !== undefined) {
    const message = `\`baseUrl\` and \`${excluded}\` exclude each other. Give only one.`;
    throw invalidOption(setup.context, message);
  }
  const given = readSetting(setup, options, 'baseUrl', variables.baseUrl);
  checkAllowHttp(setup.context, options['allowHttp']);
  const url = given && parseBaseUrl(setup, given);
  const isPlainHttp = url?.protocol === 'http:' && !isLoopback(url.hostname);
  if (given !== undefined && url !== undefined && isPlainHttp) {
    checkPlainHttp(setup, url, given.source, options);
  }
  const version = profile.version === undefined ? '' : `/${profile.version}`;
  return {
    // With a base URL, these variables do not choose the host; but a key of another environment is still refused.
    environment: readChoice(
      setup,
      readSetting(setup, options, 'environment', variables.environment ?? []),
      environments,
    ),
    region: readChoice(setup, readSetting(setup, options, 'region', variables.region ?? []), regions),
    baseUrl: url && { value: withoutVersion(url, version), source: given.source },
    isPlainHttp,
    host: url && findHost(profile, url.hostname),
  };
}

function readSetting(
  setup: Setup,
  options: Record<string, unknown>,
  name: string,
  variables: readonly string[],
): Setting | undefined {
  if (options[name] !== undefined) return { value: options[name], source: `\`${name}\`` };
  const setting = readVariables(setup, variables);
  // Values from files often end with a line break.
  return setting && { value: setting.value.trim(), source: setting.source };
}

function readChoice(
  { context }: Setup,
  setting: Setting | undefined,
  choices: readonly string[],
): Setting<string> | undefined {
  if (setting === undefined) return undefined;
  const value = choices.find((choice) => choice === setting.value);
  if (value !== undefined) return { value, source: setting.source };
  throw invalidOption(context, `${setting.source} must be ${quote(choices)}.`);
}

/** A credential of the client, and the name of its option. */
interface Source {
  readonly name: string;
  readonly credential: CredentialProfile;
}

/** The base URL with the API version, without a slash at the end. */
export function resolveUrl(
  { context }: Setup,
  { hosts, version, environments, regions, variables }: ProviderProfile,
  target: Target,
  { facts, sources }: { readonly facts: TargetFacts | undefined; readonly sources: readonly Source[] },
): string {
  const withVersion = (host: string) => (version === undefined ? host : `${host}/${version}`);
  if (target.baseUrl !== undefined) return withVersion(target.baseUrl.value);
  if (typeof hosts === 'string') return withVersion(hosts);

  const environment = target.environment?.value ?? facts?.environment;
  const region = target.region?.value ?? facts?.region;
  const ofEnvironment = environments === undefined ? hosts : hosts[environment ?? ''];
  if (typeof ofEnvironment === 'string') return withVersion(ofEnvironment);
  const host = ofEnvironment?.[region ?? ''];
  if (typeof host === 'string') return withVersion(host);

  const substitute = sources.find((source) => source.credential.insteadOf !== undefined);
  const credential = substitute === undefined ? 'the key' : `\`${substitute.name}\``;
  const describe = (name: (typeof targetNames)[number], choices: readonly string[]): string => {
    const ways = ['as an option', ...(variables[name] ?? []).map((variable) => `in ${variable}`)];
    return `\`${name}\` is missing, and ${credential} does not show it. Pass ${quote(choices)}, ${ways.join(' or ')}.`;
  };
  const missing = [
    ...(environments === undefined || environment !== undefined ? [] : [describe('environment', environments)]),
    ...(regions === undefined || region !== undefined ? [] : [describe('region', regions)]),
  ];
  throw invalidOption(context, missing.join(' '));
}

/** Refuses a host of the provider that is for another environment or region than the options, the variables or the key. */
export function checkHost({ context }: Setup, target: Target, facts: TargetFacts | undefined): void {
  for (const name of targetNames) {
    const actual = target.host?.[name];
    const wanted = target[name]?.value ?? facts?.[name];
    if (actual === undefined || wanted === undefined || actual === wanted) continue;
    const source = target[name]?.source ?? 'the key';
    const message =
      `${String(target.baseUrl?.source)} is the host for '${actual}', but ${source} means '${wanted}'. ` +
      'Change one of them.';
    throw configurationError(context, 'environment_mismatch', message);
  }
}

function parseBaseUrl({ context }: Setup, { value, source }: Setting): URL {
  const refuse = (problem: string) => invalidOption(context, `${source} ${problem}`);
  let url: URL;
  try {
    url = new URL(String(value));
  } catch {
    // Not quoted: it may hold credentials.
    throw refuse('must be an absolute URL, such as https://gateway.example.');
  }
  if (!/^https?:$/.test(url.protocol)) throw refuse('must begin with https://, or with http:// on this machine.');
  if (url.username !== '' || url.password !== '') throw refuse('must not hold credentials.');
  if (url.search !== '' || url.hash !== '') throw refuse('must not have a query or a fragment.');
  return url;
}

function withoutVersion({ origin, pathname }: URL, version: string): string {
  const path = pathname.replace(/\/+$/, '');
  return origin + (version !== '' && path.endsWith(version) ? path.slice(0, -version.length) : path);
}

function quote(choices: readonly string[]): string {
  return choices.map((choice) => `'${choice}'`).join(' or ');
}

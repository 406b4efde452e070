import type { CredentialRequest } from '../issuer.js';
import { keyPrefix } from '../secrets.js';
import { type CallContext, configurationError, invalidOption } from './options.js';
import type { CredentialProfile, ProviderProfile, TargetFacts } from './profile.js';
import { type Target, targetNames } from './target.js';
import { readVariable, readVariables, type Setting, type Setup, type Variables } from './variables.js';

/** The headers that authenticate a request. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
}

/** A credential with a fixed value, or with a function that is called before each request. */
export interface CredentialSource {
  readonly name: string;
  readonly credential: CredentialProfile;
  readonly source: string;
  /** Left out if a function returns it. */
  readonly value?: string;
  /** The environment and region that the prefix of a fixed value stands for. */
  readonly facts?: TargetFacts | undefined;
  readonly ask?: (request: CredentialRequest) => unknown;
}

/** All options and variables that may hold a key, also those that are not used: none may appear in a message. */
export function listKeys(
  { credentials }: ProviderProfile,
  options: unknown,
  variables: Variables | undefined,
): string[] {
  const given = typeof options === 'object' && options !== null ? (options as Record<string, unknown>) : {};
  const values = Object.entries(credentials).flatMap(([name, { variables: names, fallbackVariables = [] }]) => [
    Object.hasOwn(given, name) ? given[name] : undefined,
    ...[...names, ...fallbackVariables].map((variable) => readVariable(variables, variable)?.trim()),
  ]);
  return values.filter((value) => typeof value === 'string');
}

/** Finds the provider's credentials in the options and variables, and checks those with a fixed value. */
export function findCredentials(
  setup: Setup,
  profile: ProviderProfile,
  target: Target,
  options: Record<string, unknown>,
): readonly CredentialSource[] {
  return chooseCredentials(setup, profile, options).map(([name, credential]) => {
    const option = options[name];
    if (typeof option === 'function') {
      const ask = option as (request: CredentialRequest) => unknown;
      return { name, credential, source: `the function \`${name}\``, ask };
    }
    const { variables, fallbackVariables = [] } = credential;
    const setting =
      option === undefined
        ? (readVariables(setup, variables) ?? readVariables(setup, fallbackVariables))
        : { value: option, source: `the option \`${name}\`` };
    if (setting === undefined) throw missingKeyError(setup, name, [...variables, ...fallbackVariables]);
    const checked = checkCredential(setup.context, { profile, credential, target }, setting);
    return { name, credential, source: setting.source, ...checked };
  });
}

/** The credentials to use: of two that replace each other (`insteadOf`), the one that was given. */
function chooseCredentials(
  { context }: Setup,
  { credentials }: ProviderProfile,
  options: Record<string, unknown>,
): readonly (readonly [string, CredentialProfile])[] {
  const entries = Object.entries(credentials);
  const given = entries.filter(([name, { insteadOf }]) => insteadOf !== undefined && options[name] !== undefined);
  const replaced = given.map(([name, { insteadOf = '' }]) => {
    if (options[insteadOf] === undefined) return insteadOf;
    const message = `\`${insteadOf}\` and \`${name}\` exclude each other. Give only one.`;
    throw invalidOption(context, message);
  });
  return entries.filter(([name, { insteadOf }]) => {
    return insteadOf === undefined ? !replaced.includes(name) : options[name] !== undefined;
  });
}

function missingKeyError({ context, variables }: Setup, name: string, names: readonly string[]) {
  // Only the command line passes variables, and it has no option for a key.
  const ways = variables === undefined ? `Pass \`${name}\` or set ${names.join(' or ')}` : `Set ${names.join(' or ')}`;
  return configurationError(context, 'missing_api_key', `there is no ${describeCredential(name)}. ${ways}.`);
}

const describeCredential = (name: string) => (name === 'apiKey' ? 'API key' : `\`${name}\``);

/** Values that cannot be a credential, each with its usual cause. */
const lookalikes: readonly (readonly [RegExp, string])[] = [
  [
    /^(undefined|null|NaN|\[object \w+\])$/,
    'is the text of a missing value, such as a variable that is not set. Check what sets it.',
  ],
  [
    /^(\$\w+|\$\{.*\}|%\w+%|\{\{.*\}\})$/,
    'looks like the name of a variable, not its value. Check the file or shell that should replace it.',
  ],
  [/^(<.*>|your[-_]?.*key.*|change-?me|placeholder|x{3,}|\*+)$/i, 'looks like a placeholder. Use the real one.'],
  [/^[a-z][\w+.-]*:\/\//i, 'looks like a reference to a secret store. Resolve it first, and pass the secret itself.'],
];

export interface CredentialCheck {
  readonly profile: ProviderProfile;
  readonly credential: CredentialProfile;
  readonly target: Target;
}

/** Checks a credential, also against the chosen environment and region, and reads its prefix. */
export function checkCredential(
  context: CallContext,
  { profile, credential, target }: CredentialCheck,
  { value, source }: Setting,
): { readonly value: string; readonly facts: TargetFacts | undefined } {
  const refuse = (problem: string) => configurationError(context, 'invalid_api_key', `${source} ${problem}`);
  if (typeof value !== 'string') throw refuse('must be a string.');
  if (value.trim() === '') throw refuse('is blank. Give it a value.');
  if (value.trim() !== value) throw refuse('has white space around it, often a line break from a file. Trim it.');
  if (/^["']|["']$/.test(value)) throw refuse('begins or ends with a quotation mark. Remove the quotation marks.');
  const lookalike = lookalikes.find(([form]) => form.test(value));
  if (lookalike !== undefined) throw refuse(lookalike[1]);
  // `fetch` would reject such a header with an error that shows the whole key.
  if (/[^\x21-\x7e]/.test(value))
    throw refuse('has white space, control or non-ASCII characters, which no key has. Copy it again.');
  if (credential.publishable?.test(value) === true) {
    throw refuse('begins with pk_: that is the publishable key, which is for browsers. Use the secret key instead.');
  }

  const prefixes = Object.keys(credential.prefixes ?? {});
  const prefix = prefixes.find((each) => value.startsWith(each));
  if (prefix === value) throw refuse(`is only the prefix ${prefix}. Use the whole key.`);
  // The keys of a gateway (a base URL that is not a host of the provider) may have any form.
  const isGateway = target.baseUrl !== undefined && target.host === undefined;
  const foreign = prefix === undefined && !isGateway ? keyPrefix.exec(value)?.[0] : undefined;
  if (foreign !== undefined && credential.insteadOf !== undefined) {
    throw refuse(`begins with ${foreign}, like an API key. Pass it as \`${credential.insteadOf}\`.`);
  }
  if (foreign !== undefined) {
    const own = prefixes.length === 0 ? 'have no such prefix' : `begin with ${prefixes.join(', ')}`;
    throw refuse(`begins with ${foreign}, like the key of another provider. Keys of ${profile.label} ${own}.`);
  }
  const facts = prefix === undefined ? undefined : credential.prefixes?.[prefix];
  checkAgreement(context, { profile, credential, target }, { source, prefix, facts });
  if (target.isPlainHttp === true && (facts?.environment ?? target.environment?.value) === 'production') {
    const message = `${String(target.baseUrl?.source)} is plain http, and ${source} is for production. Use https.`;
    throw configurationError(context, 'environment_mismatch', message);
  }
  return { value, facts };
}

/** Refuses a key for another environment or region than was asked for. */
function checkAgreement(
  context: CallContext,
  { profile, credential, target }: CredentialCheck,
  key: { readonly source: string; readonly prefix: string | undefined; readonly facts: TargetFacts | undefined },
): void {
  for (const name of targetNames) {
    const wanted = target[name];
    if (wanted === undefined || credential.prefixes === undefined) continue;
    if (key.facts === undefined) {
      // If each environment has its own host, the provider rejects a wrong key. If one host serves all environments, only
      // the prefix tells: refuse a key without one, because its environment cannot be verified.
      if (typeof profile.hosts !== 'string') continue;
      const prefixes = Object.keys(credential.prefixes).join(' nor ');
      const message =
        `${wanted.source} cannot be checked: ${key.source} begins with neither ${prefixes}. ` +
        `Use a key with such a prefix, or leave out ${wanted.source}.`;
      throw configurationError(context, 'environment_mismatch', message);
    }
    if (key.facts[name] === wanted.value) continue;
    throw configurationError(
      context,
      'environment_mismatch',
      `${wanted.source} is '${wanted.value}', but ${key.source} begins with ${String(key.prefix)}, ` +
        `which means '${String(key.facts[name])}'. Use a key of the other ${name}, or change ${wanted.source}.`,
    );
  }
}

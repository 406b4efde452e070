import type { CredentialRequest } from '../issuer.js';
import { keyPrefix } from '../secrets.js';
import { type CallContext, configurationError } from './options.js';
import type { CredentialProfile, ProviderProfile, TargetFacts } from './profile.js';
import { type Target, targetNames } from './target.js';
import { readVariable, readVariables, type Setting, type Setup, type Variables } from './variables.js';

/** What a request shows to say who is calling. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
}

/** A credential whose value is known already, or is asked for before each request. */
export interface CredentialSource {
  readonly name: string;
  readonly profile: CredentialProfile;
  readonly source: string;
  /** `undefined` for one that a function returns. */
  readonly value: string | undefined;
  /** What the prefix of a known value says. */
  readonly facts: TargetFacts | undefined;
  readonly ask: ((request: CredentialRequest) => unknown) | undefined;
}

/** Every text among options and variables that may be a key, whether or not it is used. None is to show. */
export function listKeys(
  { credentials }: ProviderProfile,
  options: unknown,
  variables: Variables | undefined,
): string[] {
  const given = typeof options === 'object' && options !== null ? (options as Record<string, unknown>) : {};
  const secret = Object.entries(credentials).filter(([, { isSecret }]) => isSecret);
  const values = secret.flatMap(([name, { variables: names, fallbackVariables = [] }]) => [
    Object.hasOwn(given, name) ? given[name] : undefined,
    ...[...names, ...fallbackVariables].map((variable) => readVariable(variables, variable)?.trim()),
  ]);
  return values.filter((value) => typeof value === 'string');
}

/** Finds each of the provider's credentials among options and variables, and checks those that are known already. */
export function findCredentials(
  setup: Setup,
  profile: ProviderProfile,
  target: Target,
  options: Record<string, unknown>,
): readonly CredentialSource[] {
  return chooseCredentials(setup, profile, options).map(([name, credential]) => {
    const option = options[name];
    const common = { name, profile: credential };
    if (typeof option === 'function') {
      const ask = option as CredentialSource['ask'];
      return { ...common, source: `the function \`${name}\``, value: undefined, facts: undefined, ask };
    }
    const { variables, fallbackVariables = [] } = credential;
    const setting =
      option === undefined
        ? (readVariables(setup, variables) ?? readVariables(setup, fallbackVariables))
        : { value: option, source: `the option \`${name}\`` };
    if (setting === undefined) throw missing(setup, name, [...variables, ...fallbackVariables]);
    const { value, facts } = checkCredential(setup.context, { profile, credential, target }, setting);
    return { ...common, source: setting.source, value, facts, ask: undefined };
  });
}

/** All of the provider's credentials, of those that stand for one another the one that was given. */
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
    throw configurationError(context, 'invalid_option', message);
  });
  return entries.filter(([name, { insteadOf }]) => {
    return insteadOf === undefined ? !replaced.includes(name) : options[name] !== undefined;
  });
}

function missing({ context, variables }: Setup, name: string, names: readonly string[]) {
  // Whoever hands over variables is the command line, which has no such option.
  const ways = variables === undefined ? `Pass \`${name}\` or set ${names.join(' or ')}` : `Set ${names.join(' or ')}`;
  return configurationError(context, 'missing_api_key', `there is no ${describe(name)}. ${ways}.`);
}

const describe = (name: string) => (name === 'apiKey' ? 'API key' : `\`${name}\``);

/** What a value looks like that is no credential, and how it came to stand in its place. */
const lookalikes: readonly (readonly [RegExp, string])[] = [
  [/^(undefined|null|NaN|\[object \w+\])$/, 'is the text of a value that was not there. Check what sets it.'],
  [/^(\$\w+|\$\{.*\}|%\w+%|\{\{.*\}\})$/, 'looks like the name of a variable that was not replaced by its value.'],
  [/^(<.*>|your[-_]?.*key.*|change-?me|placeholder|x{3,}|\*+)$/i, 'looks like a placeholder. Use the real one.'],
  [/^[a-z][\w+.-]*:\/\//i, 'looks like a reference to a secret store that was not resolved. Pass what it refers to.'],
];

export interface CredentialCheck {
  readonly profile: ProviderProfile;
  readonly credential: CredentialProfile;
  readonly target: Target;
}

/** Checks a credential by itself and against what was asked for, and reads what its prefix says. */
export function checkCredential(
  context: CallContext,
  { profile, credential, target }: CredentialCheck,
  { value, source }: Setting,
): { readonly value: string; readonly facts: TargetFacts | undefined } {
  const refuse = (problem: string) => configurationError(context, 'invalid_api_key', `${source} ${problem}`);
  if (typeof value !== 'string') throw refuse('must be a string.');
  if (value.trim() === '') throw refuse('is blank.');
  if (value.trim() !== value) throw refuse('has white space around it, often a line break from a file. Trim it.');
  if (/^["']|["']$/.test(value)) throw refuse('has a quotation mark at its end, as read from a file. Remove it.');
  const lookalike = lookalikes.find(([form]) => form.test(value));
  if (lookalike !== undefined) throw refuse(lookalike[1]);
  // `fetch` would print the whole key in the message with which it refuses such a header.
  if (/[^\x21-\x7e]/.test(value))
    throw refuse('has characters that no key has: white space, control or non-ASCII ones.');
  if (credential.publishable?.test(value) === true) {
    throw refuse('begins with pk_: that is the publishable key, which is for browsers. Use the secret key beside it.');
  }

  const prefixes = Object.keys(credential.prefixes ?? {});
  const prefix = prefixes.find((each) => value.startsWith(each));
  if (prefix === value) throw refuse(`is only the prefix ${prefix}. Use the whole key.`);
  // A gateway, which a base URL names, may have keys of any form. The provider's own hosts are none.
  const isGateway = target.baseUrl !== undefined && target.host === undefined;
  const foreign = prefix === undefined && !isGateway ? keyPrefix.exec(value)?.[0] : undefined;
  if (foreign !== undefined && credential.insteadOf !== undefined) {
    throw refuse(`begins with ${foreign}, as a key does. Give it as \`${credential.insteadOf}\`.`);
  }
  if (foreign !== undefined) {
    const own = prefixes.length === 0 ? 'have no such prefix' : `begin with ${prefixes.join(', ')}`;
    throw refuse(`begins with ${foreign}, as another provider's keys do; ${profile.label}'s ${own}.`);
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
      // If the environment chooses the host, the provider there is the judge. If one host serves all, only the prefix can
      // tell. Refuse: without a known prefix the environment cannot be verified.
      if (typeof profile.hosts !== 'string') continue;
      const prefixes = Object.keys(credential.prefixes).join(' nor ');
      const message = `${wanted.source} cannot be checked: ${key.source} begins with neither ${prefixes}. Use such a key or leave it out.`;
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

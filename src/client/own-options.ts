import { type CallContext, invalidOption } from './options.js';
import type { OwnOption, ProviderProfile } from './profile.js';
import { readVariables, type Setup } from './variables.js';

/** The names of the provider's own options that are allowed in any of these places. */
export function ownOptionNames({ ownOptions }: ProviderProfile, ...places: OwnOption['at'][number][]): string[] {
  return Object.keys(ownOptions).filter((name) => ownOptions[name]?.at.some((each) => places.includes(each)));
}

/** Checks the provider's own options among those of a call. */
export function checkOwnOptions(context: CallContext, { ownOptions }: ProviderProfile, options: object): void {
  for (const [name, value] of Object.entries(options)) {
    const option = Object.hasOwn(ownOptions, name) ? ownOptions[name] : undefined;
    if (option !== undefined && value !== undefined) checkOption(context, option, `\`${name}\``, value);
  }
}

/** Fills a client's own options from environment variables, and checks them. */
export function readOwnOptions(setup: Setup, profile: ProviderProfile, options: object): Record<string, unknown> {
  const { context } = setup;
  const complete = options as Record<string, unknown>;
  for (const [name, option] of Object.entries(profile.ownOptions)) {
    if (!option.at.includes('client')) continue;
    const { variables = [] } = option;
    const setting = complete[name] === undefined ? readVariables(setup, variables) : undefined;
    if (setting !== undefined) complete[name] = parseOption(option.kind, setting.value);
    if (complete[name] !== undefined) checkOption(context, option, setting?.source ?? `\`${name}\``, complete[name]);
    else if (option.isRequired === true) {
      const ways = [`Pass \`${name}\``, ...variables.slice(0, 1).map((variable) => `set ${variable}`)];
      throw invalidOption(context, `\`${name}\` is missing. ${ways.join(' or ')}.`);
    }
  }
  return complete;
}

/** Turns the text of a variable or a flag into the value of an option. */
export function parseOption(kind: OwnOption['kind'], text: string): unknown {
  if (kind === 'number' || kind === 'seconds') return /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return kind === 'list' ? text.split(',').map((item) => item.trim()) : text;
}

function checkOption(context: CallContext, { accepts, expected }: OwnOption, source: string, value: unknown): void {
  if (typeof value === 'string' && context.keyring?.isKeyIn(value) === true) {
    throw invalidOption(context, `${source} is or contains an API key. Remove the key from it.`);
  }
  if (accepts(value)) return;
  throw invalidOption(context, `${source} must be ${expected}.`);
}

import { parseOption } from '../client/own-options.js';
import type { OwnOption } from '../client/profile.js';
import { providerIds } from '../providers/create-issuer.js';
import { providers } from '../providers/index.js';
import { toCamelCase } from './command-line.js';
import { UsageError } from './context.js';
import { parseDuration } from './duration.js';

/** The providers' own options that have a flag, for all providers. */
export const ownOptions: readonly (OwnOption & { readonly option: string; readonly flagName: string })[] =
  providerIds.flatMap((id) =>
    Object.entries(providers[id].profile.ownOptions).flatMap(([option, own]) =>
      own.flag === undefined ? [] : [{ ...own, option, flagName: toCamelCase(own.flag.name) }],
    ),
  );

/**
 * Turns these flags into options: of the client if it accepts them, else of the call. The client refuses options of other
 * providers.
 */
export function readOwnFlags(flags: Readonly<Record<string, unknown>>, place: 'client' | 'call'): object {
  const given = ownOptions.filter(({ flagName, at }) => {
    return typeof flags[flagName] === 'string' && at.includes('client') === (place === 'client');
  });
  return Object.fromEntries(given.map((own) => [own.option, parse(own, String(flags[own.flagName]))]));
}

function parse({ kind, flag, expected }: OwnOption, text: string): unknown {
  const name = `--${flag?.name ?? ''}`;
  if (kind === 'seconds') return parseDuration(name, text);
  const value = parseOption(kind, text);
  if (Number.isNaN(value)) throw new UsageError(`${name} must be ${expected}.`);
  return value;
}

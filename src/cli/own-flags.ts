import { parseOption } from '../client/own-options.js';
import type { OwnOption } from '../client/profile.js';
import { providerIds } from '../providers/create-issuer.js';
import { providers } from '../providers/index.js';
import { toCamelCase } from './command-line.js';
import { UsageError } from './context.js';
import { parseDuration } from './duration.js';

/** The options that only some providers have and for which there is a flag, whoever has them. */
export const ownOptions: readonly (OwnOption & { readonly option: string; readonly flagName: string })[] =
  providerIds.flatMap((id) =>
    Object.entries(providers[id].profile.ownOptions).flatMap(([option, own]) =>
      own.flag === undefined ? [] : [{ ...own, option, flagName: toCamelCase(own.flag.name) }],
    ),
  );

/**
 * The values of such flags as options: of the client if it takes them there, else of the call. A client refuses by its name
 * what is not its provider's.
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

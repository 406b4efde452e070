import { parseOption } from '../client/own-options.js';
import type { ProviderProfile } from '../client/profile.js';
import { providerIds } from '../providers/create-issuer.js';
import { providers } from '../providers/index.js';
import { toCamelCase } from './command-line.js';
import { UsageError } from './context.js';

/** The providers' own options that have a flag, for all providers. */
export const ownOptions = providerIds.flatMap((id) => {
  const { label, ownOptions }: ProviderProfile = providers[id].profile;
  return Object.entries(ownOptions).flatMap(([option, { flag, ...own }]) =>
    flag === undefined ? [] : [{ ...own, label, option, flag, flagName: toCamelCase(flag.name) }],
  );
});

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

function parse({ kind, flag, expected }: (typeof ownOptions)[number], text: string): unknown {
  const value = kind === 'seconds' ? parseDuration(text) : parseOption(kind, text);
  if (!Number.isNaN(value)) return value;
  const form = kind === 'seconds' ? 'a number of seconds, or a time such as 90s, 15m, 24h or 7d' : expected;
  throw new UsageError(`--${flag.name} must be ${form}.`);
}

const secondsPerUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Parses a lifetime such as `900` or `15m`, and returns seconds; `NaN` if the text is not one. */
function parseDuration(text: string): number {
  const [, digits, unit = 's'] = /^(\d+)([smhd])?$/.exec(text) ?? [];
  return Number(digits) * (secondsPerUnit[unit] ?? Number.NaN);
}

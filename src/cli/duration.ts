import { UsageError } from './context.js';

const secondsPerUnit = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Parses a lifetime such as `900` or `15m`, and returns seconds. */
export function parseDuration(name: string, text: string): number {
  const [, digits, unit = 's'] = /^(\d+)([smhd])?$/.exec(text) ?? [];
  if (digits === undefined)
    throw new UsageError(`${name} must be a number of seconds, or a time such as 90s, 15m, 24h or 7d.`);
  return Number(digits) * secondsPerUnit[unit as keyof typeof secondsPerUnit];
}

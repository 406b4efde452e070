import { configure } from '../client/config.js';
import { ConfigurationError } from '../errors.js';
import { type ProviderId, providerIds, providers } from '../providers/index.js';
import { type CliContext, exitCodes, print, style } from './context.js';

/** What the environment gives for a provider. The key itself is not in it. */
interface Finding {
  readonly provider: ProviderId;
  readonly configured: boolean;
  readonly environment?: string | undefined;
  readonly region?: string | undefined;
  readonly baseUrl?: string;
  readonly key?: { readonly source: string; readonly prefix: string | undefined; readonly length: number };
  readonly error?: { readonly code: string; readonly message: string };
}

/** Says what the environment gives, without asking the provider. */
export async function check(
  context: CliContext,
  only: ProviderId | undefined,
  flags: { format?: string },
): Promise<number> {
  const findings = (only === undefined ? providerIds : [only]).map((provider) => examine(context, provider));
  if (flags.format === 'json') await print(context, `${JSON.stringify(findings, undefined, 2)}\n`);
  else for (const finding of findings) await print(context, describe(context, finding));
  // No key at all is a fault only where this provider was asked for.
  const isFault = ({ error }: Finding) =>
    error !== undefined && (only !== undefined || error.code !== 'missing_api_key');
  const isAnyReady = findings.some(({ configured }) => configured);
  return findings.some(isFault) || !isAnyReady ? exitCodes.configuration : exitCodes.done;
}

function examine({ env }: CliContext, provider: ProviderId): Finding {
  const { profile } = providers[provider];
  try {
    const connection = configure(profile, {}, env);
    const { environment, region, url, keySource } = connection;
    const key = connection.readKey({ provider, label: profile.label, operation: 'createClient' });
    const text = typeof key === 'string' ? key : '';
    const prefix = Object.keys(profile.keyPrefixes ?? {}).find((each) => text.startsWith(each));
    const facts = { environment, region, baseUrl: url.slice(0, -`/${profile.version}`.length) };
    return { provider, configured: true, ...facts, key: { source: keySource, prefix, length: text.length } };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { provider, configured: false, error: { code: error.code, message: error.message } };
  }
}

function describe(context: CliContext, { provider, environment, region, baseUrl, key, error }: Finding): string {
  const mark = (isFine: boolean) =>
    style(context, context.stdout, isFine ? 'green' : 'red', isFine ? 'ready' : 'not ready');
  const title = `${style(context, context.stdout, 'bold', provider)}: ${mark(error === undefined)}\n`;
  if (error !== undefined || key === undefined) return `${title}  ${error?.message ?? ''}\n`;
  const rows: [string, string | undefined][] = [
    ['environment', environment ?? (key.prefix === undefined ? 'unknown' : undefined)],
    ['region', region],
    ['base URL', baseUrl],
    [
      'key',
      `from ${key.source}, ${key.prefix === undefined ? '' : `${key.prefix}…, `}${String(key.length)} characters`,
    ],
  ];
  return (
    title + rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(12)} ${value}\n`])).join('')
  );
}

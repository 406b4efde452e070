import { configure } from '../client/connection.js';
import { ConfigurationError } from '../errors.js';
import { providerIds } from '../providers/create-issuer.js';
import { type ProviderId, providers } from '../providers/index.js';
import { type CliContext, exitCodes, print, style } from './context.js';
import { askWhetherKeyIsGood, type KeyVerdict } from './online.js';
import { describeAnswer, toJson } from './report.js';

/** The source, prefix and length of a credential, without the credential itself. */
interface FoundCredential {
  readonly name: string;
  readonly source: string;
  readonly prefix: string | undefined;
  readonly length: number;
}

/** The settings that the environment variables give for a provider, or what is wrong with them. */
interface Finding {
  readonly provider: ProviderId;
  readonly configured: boolean;
  readonly environment?: string | undefined;
  readonly region?: string | undefined;
  readonly baseUrl?: string;
  readonly credentials?: readonly FoundCredential[];
  /** The provider's verdict on the key, with `--online`. */
  readonly online?: KeyVerdict;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Prints the settings from the environment variables; with `--online`, asks each provider whether its key is good. */
export async function check(
  context: CliContext,
  only: ProviderId | undefined,
  flags: { format?: string; online?: boolean },
): Promise<number> {
  const findings = await Promise.all(
    (only === undefined ? providerIds : [only]).map(async (provider): Promise<Finding> => {
      const finding = examine(context, provider);
      if (flags.online !== true || !finding.configured) return finding;
      return { ...finding, online: await askWhetherKeyIsGood(context, provider) };
    }),
  );
  if (flags.format === 'json') await print(context, `${JSON.stringify(findings.map(toPlain), undefined, 2)}\n`);
  else for (const finding of findings) await print(context, describe(context, finding));
  // A missing key is a fault only if no other provider is ready either.
  const isFault = ({ error }: Finding) => error !== undefined && error.code !== 'missing_api_key';
  const isAnyReady = findings.some(({ configured }) => configured);
  const isRefused = findings.some(({ online }) => online?.key === 'refused');
  if (findings.some(isFault) || !isAnyReady || isRefused) return exitCodes.configuration;
  return findings.some(({ online }) => online?.error !== undefined) ? exitCodes.failed : exitCodes.done;
}

function examine({ env }: CliContext, provider: ProviderId): Finding {
  const { profile } = providers[provider];
  try {
    const { environment, region, url, sources } = configure(profile, {}, env);
    const baseUrl = profile.version === undefined ? url : url.slice(0, -`/${profile.version}`.length);
    const credentials = sources.map(({ name, source, value = '', credential: { prefixes = {} } }) => {
      const prefix = Object.keys(prefixes).find((each) => value.startsWith(each));
      return { name, source, prefix, length: value.length };
    });
    return { provider, configured: true, environment, region, baseUrl, credentials };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { provider, configured: false, error: { code: error.code, message: error.message } };
  }
}

function toPlain({ online, ...finding }: Finding): object {
  return { ...finding, online: online && { ...online, error: undefined, ...(online.error && toJson(online.error)) } };
}

const verdicts: Readonly<Record<KeyVerdict['key'], string>> = {
  accepted: 'the key is accepted',
  refused: 'the key is refused',
  unknown: 'unknown whether the key is accepted',
};

function describe(context: CliContext, finding: Finding): string {
  const { provider, environment, region, baseUrl, credentials = [], online, error } = finding;
  const isReady = error === undefined && online?.key !== 'refused';
  const mark = style(context, context.stdout, isReady ? 'green' : 'red', isReady ? 'ready' : 'not ready');
  const title = `${style(context, context.stdout, 'bold', provider)}: ${mark}\n`;
  if (error !== undefined) return `${title}  ${error.message}\n`;
  const rows: [string, string | undefined][] = [
    ['environment', environment ?? (providers[provider].profile.environments && 'unknown')],
    ['region', region],
    ['base URL', baseUrl],
    ...credentials.map(({ name, source, prefix, length }): [string, string] => [
      name === 'apiKey' ? 'key' : name,
      `from ${source}, ${prefix === undefined ? '' : `${prefix}…, `}${String(length)} characters`,
    ]),
    ['online', online && verdicts[online.key] + (online.key === 'accepted' ? '' : `: ${online.message}`)],
  ];
  const lines = rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(12)} ${value}\n`]));
  return title + lines.join('') + describeAnswer(online?.error);
}

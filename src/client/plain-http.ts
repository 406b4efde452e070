import { type CallContext, invalidOption } from './options.js';
import { readVariable, type Setup } from './variables.js';

/** Set to 1, it means `allowHttp: true`: for the command line, and for a base URL that is also from a variable. */
const variable = 'TOKENWRIGHT_ALLOW_HTTP';

/** Whether a host is this machine. `0.0.0.0` counts: servers that listen on all addresses print it as their URL. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\])$/.test(hostname);
}

/** Whether a host can only be in a private network: no public server can have this name or address. */
function isPrivate(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  if (name.startsWith('[')) return /^\[(f[cd][\da-f]{2}|fe[89ab][\da-f]):/.test(name);
  if (/^[\d.]+$/.test(name)) return /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(name);
  return !name.includes('.') || /\.(local|internal|test)$/.test(name);
}

/** Refuses plain http if others could read the key on the way. `source` is where the base URL is from. */
export function checkPlainHttp(
  setup: Setup,
  { hostname }: URL,
  source: string,
  { allowHttp, baseUrl }: Readonly<Record<string, unknown>>,
): void {
  // Without the option `baseUrl`, the URL is from a variable.
  const isTrusted = baseUrl === undefined || setup.variables !== undefined;
  const isAllowed = allowHttp ?? (isTrusted && readVariable(setup.variables, variable)?.trim() === '1');
  const refuse = (problem: string) => invalidOption(setup.context, `${source} ${problem}`);
  if (!isPrivate(hostname)) {
    throw refuse(
      'must be https: plain http would send the key unencrypted, and is allowed for loopback addresses only' +
        (isAllowed === true
          ? ', and with `allowHttp` for hosts that are not public: a name without a dot, one that ends in .local, ' +
            '.internal or .test, or a private address.'
          : '.'),
    );
  }
  if (isAllowed === true) return;
  const way = isTrusted ? `${variable}=1` : '`allowHttp: true`';
  throw refuse(`must be https, or http on this machine. If nobody else can read this network, allow http with ${way}.`);
}

export function checkAllowHttp(context: CallContext, allowHttp: unknown): void {
  if (allowHttp === undefined || typeof allowHttp === 'boolean') return;
  throw invalidOption(context, '`allowHttp` must be true or false.');
}

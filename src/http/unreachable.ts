import { ConnectionError } from '../errors.js';
import { shorten } from './failure.js';
import type { Attempt } from './request.js';

type Cause = Error & { readonly code?: string };

/** A failure of the connection that a retry cannot fix, such as a certificate that is not trusted. */
interface LastingFailure {
  /** The system codes of the failure. */
  readonly codes?: RegExp;
  /** The messages of runtimes that have no system code for it. */
  readonly words: RegExp;
  /** What to do. */
  readonly hint: string;
}

const lastingFailures: readonly LastingFailure[] = [
  {
    // https://nodejs.org/api/tls.html#x509-certificate-error-codes
    codes:
      /^(CERT_|CRL_|ERR_TLS_CERT_|(DEPTH_ZERO_)?SELF_SIGNED_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED)/,
    words: /\bcertificate\b/i,
    hint:
      'Its certificate is not trusted here. Check the base URL and the clock of this machine. For a private certificate ' +
      'authority, or the one of a proxy, set NODE_EXTRA_CA_CERTS.',
  },
  {
    codes: /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL)$/,
    words: /\bwrong version number\b/i,
    hint: 'The server does not speak https on that port. Check the base URL, and any proxy in between.',
  },
  { words: /^bad port$/, hint: 'Every `fetch` blocks that port. Choose another for the base URL.' },
  {
    codes: /^(EACCES|EPERM|ERR_ACCESS_DENIED)$/,
    words: /\bRequires net access\b/i,
    hint: 'This process is not allowed to connect. Allow it (`--allow-net` in Deno and Node.js), or check the firewall.',
  },
  {
    words: /\bsignal\b.*\bAbortSignal\b/,
    hint:
      'The `fetch` of this test environment does not accept its AbortSignal. Use an environment in which they match, ' +
      'such as jest-fixed-jsdom, or pass a `fetch`.',
  },
];

/** Makes the error for a request without an answer, or with an answer that broke off. */
export function connectionError({ context, url }: Attempt, cause: Cause): ConnectionError {
  const { provider, label, operation } = context;
  const causes = listCauses(cause);
  const words = causes.map(({ message }) => message).filter((message) => message !== '');
  const reason = cause.code ?? words.at(-1) ?? cause.name;
  const lasting = lastingFailures.find(
    (each) => each.codes?.test(cause.code ?? '') === true || words.some((message) => each.words.test(message)),
  );
  return new ConnectionError({
    code: 'connection_failed',
    message:
      `${label} could not be reached at ${new URL(url).origin}, or its answer broke off (${shorten(reason)}). ` +
      (lasting?.hint ?? 'Try again later, or check the base URL if you set one.'),
    provider,
    operation,
    retryable: lasting === undefined,
    scope: lasting && 'account',
    cause,
  });
}

/** An error and its causes, outermost first. */
function listCauses(cause: Cause): readonly Cause[] {
  return [cause, ...(cause.cause instanceof Error ? listCauses(cause.cause) : [])];
}

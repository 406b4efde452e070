import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/**
 * Why a request may not use the controls; `undefined` if it may. Otherwise a page of another site could use them through your
 * browser: with a request to this host (CSRF), or with a host name of its own that points to your machine (DNS rebinding).
 *
 * @param host - The address that the server was told to listen on.
 */
export function findForeignProblem(headers: IncomingHttpHeaders, host: string): string | undefined {
  const name = /^(?:\[(.+)\]|([^:]*))(?::\d+)?$/.exec(headers.host ?? 'localhost');
  const hostname = (name?.[1] ?? name?.[2] ?? '').toLowerCase();
  if (!isOwnName(hostname, host.toLowerCase())) {
    return 'The controls answer to IP addresses, to the name of --host, and to names without a dot. Use one of these as the host.';
  }
  const { origin, 'sec-fetch-site': site } = headers;
  const isOwnPage = origin === undefined || origin === `http://${headers.host ?? ''}`;
  if (isOwnPage && (site === undefined || site === 'same-origin' || site === 'none')) return undefined;
  return 'The controls take no requests from the pages of other sites. Send this one from a program.';
}

function isOwnName(hostname: string, host: string): boolean {
  // Safe from DNS rebinding: nobody can point an IP address, or a name without a dot, to your machine.
  return isIP(hostname) !== 0 || hostname === host || /^[a-z0-9_-]+$/.test(hostname);
}

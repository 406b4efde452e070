import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/**
 * Why a request may not use the controls; `undefined` if it may. Otherwise a page on another site could use them through
 * your browser, also by pointing a host name of its own at your machine.
 *
 * @param host - The address that the server was told to listen on.
 */
export function refuseForeign(headers: IncomingHttpHeaders, host: string): string | undefined {
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
  // Nobody can point an address at another machine, as is done with a name.
  return isIP(hostname) !== 0 || hostname === host || /^[a-z0-9_-]+$/.test(hostname);
}

import { type CallContext, invalidOption } from '../client/options.js';
import { noStoreHeaders } from './problem.js';
import type { TokenEndpointOptions } from './types.js';

/** Whether a request is a CORS preflight. */
export function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('origin') && headers.has('access-control-request-method');
}

/**
 * The origin of the request, if it is allowed. `null` is never allowed, because all sandboxed pages and local files have it.
 */
export async function findListedOrigin<C>(
  origins: TokenEndpointOptions<C>['origins'],
  request: Request,
  context: C,
): Promise<string | undefined> {
  const origin = request.headers.get('origin');
  if (origins === undefined || origin === null || origin === 'null') return undefined;
  const isListed = typeof origins === 'function' ? await origins(origin, request, context) : origins.includes(origin);
  if (typeof isListed !== 'boolean') throw new TypeError('`origins` must return true or false.');
  return isListed ? origin : undefined;
}

/**
 * Whether the request is from a page of another site (CSRF): it would carry the cookies of the user who visits that page.
 * Browsers tell it in `Sec-Fetch-Site`; older ones send only `Origin`. Apps and servers send neither.
 */
export function isCrossSite(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  // An unknown value is not a permission.
  if (site !== null) return !['same-origin', 'same-site', 'none'].includes(site);
  const origin = request.headers.get('origin');
  return origin !== null && !isOwnHost(origin, request);
}

// Not X-Forwarded-Host: any client can set it.
function isOwnHost(origin: string, request: Request): boolean {
  try {
    const { protocol, host } = new URL(origin);
    const asked = request.headers.get('host') ?? new URL(request.url).host;
    return host !== '' && new URL(`${protocol}//${asked}`).host === host;
  } catch {
    return false;
  }
}

export function answerPreflight({ headers: asked }: Request, origin: string | undefined): Response {
  if (origin === undefined) return new Response(null, { status: 204, headers: noStoreHeaders });
  const wanted = asked.get('access-control-request-headers');
  const headers = new Headers({
    ...noStoreHeaders,
    'access-control-allow-methods': 'POST',
    'access-control-max-age': '600',
    ...(wanted === null ? {} : { 'access-control-allow-headers': wanted }),
  });
  return new Response(null, { status: 204, headers });
}

/** Allows a page of this origin to read the answer. */
export function allowOrigin({ headers }: Response, origin: string): void {
  headers.set('access-control-allow-origin', origin);
  headers.set('access-control-allow-credentials', 'true');
  headers.append('access-control-expose-headers', 'Retry-After');
}

/** Refuses origins in a form that no browser sends: they would never match. */
export function checkOrigins(context: CallContext, origins: unknown): void {
  if (origins === undefined || typeof origins === 'function') return;
  const refuse = (problem: string) => invalidOption(context, `\`origins\` ${problem}`);
  if (!Array.isArray(origins)) throw refuse('must be a list of origins, such as https://app.example, or a function.');
  const index = origins.findIndex((origin) => typeof origin !== 'string' || !isOrigin(origin));
  if (index === -1) return;
  // Not quoted: an address may hold credentials.
  throw refuse(
    `has an invalid origin at index ${String(index)}. Write each as browsers send it: https://app.example, without a path, ` +
      'a default port or capitals. For patterns, pass a function.',
  );
}

function isOrigin(text: string): boolean {
  // For other schemes, such as capacitor:, `URL.origin` is null.
  if (!/^[a-z][a-z\d+.-]*:\/\/[^\s/?#@*,]+$/.test(text)) return false;
  try {
    const { protocol, origin } = new URL(text);
    return /^(https?|wss?|ftp):$/.test(protocol) ? origin === text : true;
  } catch {
    return false;
  }
}

import type { KnownError } from '../errors/known.js';
import type { IssuedTokenFields } from '../issuer.js';
import type { AppConnection } from './connection.js';
import type { Authorization, TokenEndpointOptions, TokenEndpointOutcome, TokenSource } from './types.js';

/** One request to the endpoint, and its state so far. */
export interface EndpointCall<C> {
  readonly request: Request;
  readonly context: C;
  readonly app: AppConnection;
  readonly startedAt: number;
  authorization?: Authorization;
}

/** How a request ends. Only one with an outcome is recorded. */
export interface Ending {
  readonly response: Response;
  readonly outcome?: TokenEndpointOutcome;
  readonly error?: KnownError | undefined;
  readonly token?: IssuedTokenFields;
}

/** Calls `audit` with the record of a request. If `audit` fails, revokes the token. */
export async function recordOutcome<C>(
  audit: TokenEndpointOptions<C>['audit'],
  issuer: TokenSource | undefined,
  call: EndpointCall<C>,
  { response, outcome, error, token }: Ending,
): Promise<void> {
  if (outcome === undefined || audit === undefined) return;
  const { caller, userId } = call.authorization ?? {};
  const entry = {
    provider: issuer?.provider ?? error?.provider,
    caller,
    userId,
    outcome,
    status: response.status,
    ...describeToken(token, error),
    durationMilliseconds: Math.round(performance.now() - call.startedAt),
    error,
  };
  try {
    await audit(entry, call.request, call.context);
  } catch (failure) {
    // Without the signal of the request: the app may have disconnected by now.
    await revokeUndelivered(issuer, token).catch(() => undefined);
    throw failure;
  }
}

/** Revokes a token that is not delivered, if the issuer can revoke. */
export async function revokeUndelivered(
  issuer: TokenSource | undefined,
  token: IssuedTokenFields | undefined,
): Promise<void> {
  const { tokenId } = describeToken(token);
  if (tokenId !== undefined) await issuer?.revokeToken?.(tokenId);
}

function describeToken(token: IssuedTokenFields | undefined, error?: KnownError) {
  const { id, requestId } = (token ?? {}) as { readonly id?: unknown; readonly requestId?: string };
  return {
    tokenId: typeof id === 'string' ? id : undefined,
    expiresAt: token?.expiresAt,
    requestId: requestId ?? (error as { readonly requestId?: string } | undefined)?.requestId,
  };
}

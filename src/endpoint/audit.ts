import type { KnownError } from '../errors/known.js';
import type { IssuedTokenFields } from '../issuer.js';
import type { Presence } from './presence.js';
import type { Authorization, TokenEndpointOptions, TokenEndpointOutcome, TokenSource } from './types.js';

/** One request to the endpoint, and its state so far. */
export interface Visit<C> {
  readonly request: Request;
  readonly context: C;
  readonly app: Presence;
  readonly startedAt: number;
  authorization?: Authorization;
}

/** The end of a visit. Only a visit with an outcome is recorded. */
export interface Ending {
  readonly response: Response;
  readonly outcome?: TokenEndpointOutcome;
  readonly error?: KnownError | undefined;
  readonly token?: IssuedTokenFields;
}

/** Calls `audit` with the record of a visit. If `audit` fails, revokes the token. */
export async function record<C>(
  audit: TokenEndpointOptions<C>['audit'],
  issuer: TokenSource | undefined,
  visit: Visit<C>,
  { response, outcome, error, token }: Ending,
): Promise<void> {
  if (outcome === undefined || audit === undefined) return;
  const { caller, userId } = visit.authorization ?? {};
  const entry = {
    provider: issuer?.provider ?? error?.provider,
    caller,
    userId,
    outcome,
    status: response.status,
    ...describeToken(token, error),
    durationMilliseconds: Math.round(performance.now() - visit.startedAt),
    error,
  };
  try {
    await audit(entry, visit.request, visit.context);
  } catch (failure) {
    // Even if the app has disconnected by now.
    await takeBack(issuer, token).catch(() => undefined);
    throw failure;
  }
}

/** Revokes a token that is not delivered, if the issuer can revoke. */
export async function takeBack(issuer: TokenSource | undefined, token: IssuedTokenFields | undefined): Promise<void> {
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

import type { FakeAnswer, FakeIncoming, FakeRequest, FakeRoute } from '../../fakes/definition.js';
import type { FakeRandom } from '../../fakes/random.js';
import { hasContentType } from '../../fakes/request.js';
import type { ClerkRefusals } from './fake-errors.js';
import type { FakeClerkToken, Redemption } from './fake-tokens.js';

interface Frontend {
  readonly random: FakeRandom;
  readonly refusals: ClerkRefusals;
  readonly redeem: (ticket: string) => Redemption;
}

/** The endpoints of Clerk's frontend API at which a ticket is redeemed. Apps call them, so they need no key. */
export function createFrontendRoutes({ random, refusals, redeem }: Frontend): FakeRoute<unknown>[] {
  function signIn({ headers, text }: FakeRequest): FakeAnswer {
    if (!hasContentType(headers, 'application/x-www-form-urlencoded')) return refusals.contentType();
    const fields = new URLSearchParams(text);
    const [strategy, ticket] = [fields.get('strategy'), fields.get('ticket')];
    if (strategy === null || strategy === '') return refusals.missing('strategy');
    if (strategy !== 'ticket')
      return refusals.wrongValue('strategy', `The fake knows the strategy ticket, and no other.`);
    if (ticket === null || ticket === '') return refusals.missing('ticket');
    const redemption = redeem(ticket);
    if ('refusal' in redemption) return refusals.ticket(redemption.refusal);
    return { status: 200, body: toSignIn(redemption.token, random) };
  }

  function acceptTicket({ query }: FakeRequest): FakeAnswer {
    const ticket = query.get('ticket') ?? '';
    if (ticket === '') return refusals.missing('ticket');
    const redemption = redeem(ticket);
    if ('refusal' in redemption) return refusals.ticket(redemption.refusal);
    return { status: 200, headers: pageHeaders, body: toPage(redemption.token.userId) };
  }

  return [
    { endpoint: 'POST /v1/client/sign_ins', isFrontend: true, answer: signIn },
    { endpoint: 'OPTIONS /v1/client/sign_ins', isFrontend: true, answer: () => ({ status: 204, body: undefined }) },
    { endpoint: 'GET /v1/tickets/accept', isFrontend: true, answer: acceptTicket },
  ];
}

/** Lets the pages of any app read the answer. Clerk allows only the origins of the instance. */
export function corsHeaders({ path, headers }: FakeIncoming): Readonly<Record<string, string>> {
  const origin = headers.get('origin');
  if (origin === null || path !== '/v1/client/sign_ins') return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': headers.get('access-control-request-headers') ?? 'content-type',
    vary: 'origin',
  };
}

function toSignIn({ userId, organizationId }: FakeClerkToken, random: FakeRandom): unknown {
  const sessionId = `sess_${random.word(27)}`;
  const session = {
    object: 'session',
    id: sessionId,
    status: 'active',
    last_active_organization_id: organizationId ?? null,
    user: { object: 'user', id: userId },
  };
  return {
    response: {
      object: 'sign_in_attempt',
      id: `sia_${random.word(27)}`,
      status: 'complete',
      created_session_id: sessionId,
    },
    client: {
      object: 'client',
      id: `client_${random.word(27)}`,
      sessions: [session],
      sign_in: null,
      sign_up: null,
      last_active_session_id: sessionId,
    },
  };
}

const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** The page that replaces the sign-in page of Clerk's account portal. */
function toPage(userId: string): string {
  const name = userId.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>Signed in</title>
  <h1>Signed in</h1>
  <p>${name} is signed in. This is a fake of Clerk: there is no account portal behind it.</p>
</html>
`;
}

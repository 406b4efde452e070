// Replace this by your own sessions: who is signed in to your app, and that user's Clerk id.
const sessions = new Map([
  ['session-of-alice', { caller: 'alice', userId: 'user_alice' }],
  ['session-of-bob', { caller: 'bob', userId: 'user_bob' }],
]);

/** @param {Request} request */
export function readSession(request) {
  const [, session = ''] = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '') ?? [];
  return sessions.get(session) ?? null;
}

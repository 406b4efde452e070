// Stands for your own sessions: who is signed in with you, and which user of Clerk that is.
const sessions = new Map([
  ['session-of-alice', { caller: 'alice', userId: 'user_alice' }],
  ['session-of-bob', { caller: 'bob', userId: 'user_bob' }],
]);

/** @param {Request} request */
export function readSession(request) {
  const [, session = ''] = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '') ?? [];
  return sessions.get(session) ?? null;
}

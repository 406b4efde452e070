import { setTimeout } from 'node:timers/promises';
import { createClerkClient } from '@clerk/backend';
import { isClerkAPIResponseError } from '@clerk/backend/errors';

const { CLERK_SECRET_KEY: secretKey = '', CLERK_API_URL: apiUrl = 'https://api.clerk.com' } = process.env;
const { signInTokens } = createClerkClient({ secretKey, apiUrl });

/** A ticket for a user, or `undefined` if Clerk does not know the user. */
export async function createTicket(userId: string) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { id, token, createdAt } = await signInTokens.createSignInToken({ userId, expiresInSeconds: 300 });
      return { id, token, expiresAt: new Date(createdAt + 300_000) };
    } catch (error) {
      if (!isClerkAPIResponseError(error)) throw error;
      const [first] = error.errors;
      if (first?.code === 'resource_not_found') return undefined;
      // Without an answer, the code is `unexpected_error` and there is no status.
      const mayPass = error.status === 429 || error.status >= 500 || first?.code === 'unexpected_error';
      if (!mayPass || attempt === 3) throw error;
      await setTimeout((error.retryAfter ?? attempt) * 1000);
    }
  }
}

/** Revokes a ticket. Returns `false` if it was used or revoked already. */
export async function revokeTicket(id: string): Promise<boolean> {
  try {
    await signInTokens.revokeSignInToken(id);
    return true;
  } catch (error) {
    const isLate = isClerkAPIResponseError(error) && error.errors[0]?.code === 'sign_in_token_cannot_be_revoked_code';
    if (isLate) return false;
    throw error;
  }
}

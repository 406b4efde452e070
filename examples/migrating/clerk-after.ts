import { createClerk, isTokenwrightError } from 'tokenwright';

const clerk = createClerk({ expiresInSeconds: 300 }); // reads CLERK_SECRET_KEY and CLERK_API_URL

/** A ticket for a user, or `undefined` if Clerk does not know the user. */
export async function createTicket(userId: string) {
  try {
    const { id, token, expiresAt } = await clerk.issueToken(userId);
    return { id, token, expiresAt };
  } catch (error) {
    if (isTokenwrightError(error) && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** Revokes a ticket. Returns `false` if it was used or revoked already. */
export async function revokeTicket(id: string): Promise<boolean> {
  try {
    await clerk.revokeToken(id);
    return true;
  } catch (error) {
    if (isTokenwrightError(error) && error.code === 'token_not_pending') return false;
    throw error;
  }
}

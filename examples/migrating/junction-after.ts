import { createJunction, isTokenwrightError } from 'tokenwright';

const junction = createJunction(); // reads JUNCTION_API_KEY, which says environment and region, and JUNCTION_BASE_URL

/** Returns a sign-in token for our own user id; the user is created if there is none. */
export async function createSignInToken(clientUserId: string) {
  const { userId, token } = await junction.issueTokenForClient(clientUserId, { timeout: 10_000, retry: 2 });
  return { userId, token };
}

/** Returns a sign-in token for a Junction user, or `undefined` if the user is unknown. */
export async function createSignInTokenFor(userId: string): Promise<string | undefined> {
  try {
    return (await junction.issueToken(userId)).token;
  } catch (error) {
    if (isTokenwrightError(error) && error.code === 'not_found') return undefined;
    throw error;
  }
}

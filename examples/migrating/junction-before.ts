import { JunctionClient, JunctionEnvironment, JunctionError } from '@junction-api/sdk';

const { JUNCTION_API_KEY: apiKey = '', JUNCTION_BASE_URL: environment = JunctionEnvironment.SandboxEu } = process.env;
const { user } = new JunctionClient({ apiKey, environment });

/** Returns Junction's user id for our own user id. Creates the user if necessary. */
async function findOrCreate(clientUserId: string): Promise<string> {
  try {
    return (await user.getByClientUserId({ clientUserId })).userId;
  } catch (error) {
    if (!(error instanceof JunctionError) || error.statusCode !== 404) throw error;
  }
  try {
    return (await user.create({ clientUserId })).userId;
  } catch (error) {
    // Another request may have created the user meanwhile.
    if (!(error instanceof JunctionError) || error.statusCode !== 400) throw error;
    return (await user.getByClientUserId({ clientUserId })).userId;
  }
}

/** Returns a sign-in token for our own user id. */
export async function createSignInToken(clientUserId: string) {
  const userId = await findOrCreate(clientUserId);
  const { signInToken } = await user.getUserSignInToken({ userId }, { timeoutInSeconds: 10, maxRetries: 2 });
  return { userId, token: signInToken };
}

/** Returns a sign-in token for a Junction user, or `undefined` if the user is unknown. */
export async function createSignInTokenFor(userId: string): Promise<string | undefined> {
  try {
    return (await user.getUserSignInToken({ userId })).signInToken;
  } catch (error) {
    if (error instanceof JunctionError && error.statusCode === 404) return undefined;
    throw error;
  }
}

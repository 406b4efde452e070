import { JunctionClient, JunctionEnvironment, JunctionError } from '@junction-api/sdk';

const { JUNCTION_API_KEY: apiKey = '', JUNCTION_BASE_URL: environment = JunctionEnvironment.SandboxEu } = process.env;
const { user } = new JunctionClient({ apiKey, environment });

/** Junction's id of the user who has an id of ours; the user is created if there is none. */
async function findOrCreate(clientUserId: string): Promise<string> {
  try {
    return (await user.getByClientUserId({ clientUserId })).userId;
  } catch (error) {
    if (!(error instanceof JunctionError) || error.statusCode !== 404) throw error;
  }
  try {
    return (await user.create({ clientUserId })).userId;
  } catch (error) {
    // Another request may have been faster.
    if (!(error instanceof JunctionError) || error.statusCode !== 400) throw error;
    return (await user.getByClientUserId({ clientUserId })).userId;
  }
}

/** A sign-in token for the user who has an id of ours. */
export async function createSignInToken(clientUserId: string) {
  const userId = await findOrCreate(clientUserId);
  const { signInToken } = await user.getUserSignInToken({ userId }, { timeoutInSeconds: 10, maxRetries: 2 });
  return { userId, token: signInToken };
}

/** A sign-in token for a Junction user, or `undefined` if Junction does not know the user. */
export async function createSignInTokenFor(userId: string): Promise<string | undefined> {
  try {
    return (await user.getUserSignInToken({ userId })).signInToken;
  } catch (error) {
    if (error instanceof JunctionError && error.statusCode === 404) return undefined;
    throw error;
  }
}

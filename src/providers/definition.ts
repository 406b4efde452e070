import type { Connection } from '../client/connection.js';
import type { ProviderProfile } from '../client/profile.js';

/** The profile of a provider, and the function that makes its client. */
export interface ProviderDefinition<Options extends object, Issuer> {
  readonly profile: ProviderProfile;
  readonly connect: (connection: Connection<Options>) => Issuer;
}

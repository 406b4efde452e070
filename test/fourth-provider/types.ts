import type { ProviderError } from '../../src/errors/known.js';
import type {
  BulkOptions,
  CallOptions,
  ClientOptions,
  Credential,
  IssuedTokenFields,
  TokenIssuer,
} from '../../src/issuer.js';
import type { FourthErrorBody } from './wire.js';

/** Options of `createFourth`: two secrets in place of a key, and two options that no client can do without. */
export interface FourthOptions extends Omit<ClientOptions, 'apiKey'> {
  readonly clientId?: Credential | undefined;
  readonly secret?: Credential | undefined;
  readonly region?: 'us' | 'eu' | undefined;
  readonly baseUrl?: string | undefined;
  /** The name that users are shown. */
  readonly clientName?: string | undefined;
  /** What a token is good for. */
  readonly products?: readonly string[] | undefined;
}

/** Options of one call. */
export interface FourthIssueOptions extends CallOptions {
  readonly products?: readonly string[] | undefined;
}

/** The answer names no user: that it is theirs follows from the request alone. */
export interface FourthToken extends IssuedTokenFields {
  readonly provider: 'fourth';
  readonly expiresAt: Date;
}

export type FourthIssuer = TokenIssuer<
  FourthToken,
  FourthIssueOptions,
  BulkOptions,
  ProviderError<'fourth', FourthErrorBody>
>;

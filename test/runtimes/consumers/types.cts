import { type ClerkIssuer, createClerk, type IssuedToken, type TokenIssuer } from 'tokenwright';
import { createTokenEndpoint } from 'tokenwright/endpoint';
import { createFakeProviders } from 'tokenwright/testing';

const { fetch } = createFakeProviders();
const clerk: ClerkIssuer = createClerk({ apiKey: 'made-up', expiresInSeconds: 300, fetch });
const issuer: TokenIssuer<IssuedToken> = clerk;
createTokenEndpoint({ issuer, authorize: () => null });

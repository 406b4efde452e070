import tokenwright = require('tokenwright');

const clerk: tokenwright.ClerkIssuer = tokenwright.createClerk({ apiKey: 'made-up', expiresInSeconds: 300 });
clerk.issueToken('id', { orgId: 'org' }).then(({ token, expiresAt }) => token + expiresAt.toISOString());

import endpoint = require('tokenwright/endpoint');

endpoint.createTokenEndpoint({ issuer: clerk, authorize: () => null, audit: ({ outcome }) => outcome.length });

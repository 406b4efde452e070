import tokenwright = require('tokenwright');

const clerk: tokenwright.ClerkIssuer = tokenwright.createClerk({ apiKey: 'made-up', expiresInSeconds: 300 });
clerk.issueToken('id', { orgId: 'org' }).then(({ token, expiresAt }) => token + expiresAt.toISOString());

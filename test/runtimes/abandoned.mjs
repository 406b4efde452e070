// A client of module scope in Workers: what a request leaves behind when it ends, its timers and answers, never settles.

/** Clients with and without a limit of their own, a request that abandons its bulk calls, and a check for the next one. */
export function abandonBulk({ core, fakes, places }) {
  let isLeaving = true;
  let requests = 0;
  const fetchAsProvider = (url, init) => {
    if (!isLeaving) return fakes.fetch(url, init);
    requests += 1;
    // Some are under way for ever, and the rest are refused.
    if (requests % 3 === 0) return fetch(`${places.hostile}/stall/`);
    return Promise.resolve(new Response('{}', { status: 429 }));
  };
  const options = { apiKey: 'sk_test_made-up-clerk', fetch: fetchAsProvider, attemptTimeout: 1_000 };
  const clients = {
    'no limit': core.createClerk(options),
    'a limit': core.createClerk({ ...options, rateLimit: { requests: 4, perSeconds: 1 } }),
  };
  const userIds = Array.from({ length: 10 }, (_, index) => `user_${index}`);
  return {
    /** A handler that does not wait for what it began. */
    async leave() {
      for (const client of Object.values(clients)) client.issueTokens(userIds).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return Response.json({ requests });
    },
    check: {
      async 'bulk after a request that ended'() {
        if (requests === 0) throw new Error('nothing was begun');
        isLeaving = false;
        for (const [name, client] of Object.entries(clients)) {
          const late = new Promise((_, reject) => {
            setTimeout(() => reject(new Error(`with ${name} it is stuck`)), 20_000);
          });
          const outcomes = await Promise.race([client.issueTokens(userIds), late]);
          const failed = outcomes.find(({ status }) => status !== 'fulfilled');
          if (failed !== undefined) throw new Error(`with ${name}: ${String(failed.reason)}`);
        }
      },
    },
  };
}

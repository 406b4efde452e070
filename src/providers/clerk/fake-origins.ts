import type { FakeIncoming } from '../../fakes/definition.js';

/** The hosts of the backend API. One host serves all instances; the key says which is meant. */
export const backends = ['https://api.clerk.com', 'https://api.clerk.dev'];

/** The frontend API of every instance of the fake. */
export const frontend = 'https://clerk.fake.example';

/** Where the frontend API is for a request to the backend API: a served fake has both at one address. */
export function frontendOf({ origin, headers }: FakeIncoming): string {
  return backends.includes(origin) ? frontend : `${origin}${headers.get('x-forwarded-prefix') ?? ''}`;
}

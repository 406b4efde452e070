import type { FakeAnswer, FakeDefinition } from './definition.js';
import type { createRateLimits } from './rate-limits.js';
import type { ReadRequest } from './request.js';
import type { createRouter } from './router.js';
import type { createWorlds } from './worlds.js';

interface ResponderOptions<World> {
  readonly definition: FakeDefinition<World>;
  readonly router: ReturnType<typeof createRouter<World>>;
  readonly worlds: ReturnType<typeof createWorlds<World>>;
  readonly rateLimits: ReturnType<typeof createRateLimits>;
}

/** Makes the function that answers a request as the provider would: limits and key come before path and content. */
export function createResponder<World>({ definition, router, worlds, rateLimits }: ResponderOptions<World>) {
  return (request: ReadRequest): FakeAnswer => {
    const segments = toSegments(definition, request.path);
    const match = router.find(request.method, request.origin, segments ?? []);
    const excess = rateLimits.countAddress(request.origin, match.route?.endpoint);
    if (excess !== undefined) return excess;

    // The frontend needs no key.
    const isFrontend = match.route === undefined ? request.origin === definition.frontend : match.route.isFrontend;
    const key = isFrontend === true ? '' : definition.readKey(request.headers);
    const place = isFrontend === true || key === undefined ? undefined : worlds.placeOf(key, request.origin);
    if (isFrontend !== true && place === undefined) return definition.refuseKey(key);
    const tooMany = place === undefined ? undefined : rateLimits.countKey(place);
    if (tooMany !== undefined) return tooMany;

    if (segments === undefined) return definition.failure(400);
    const wrong = definition.check?.(request);
    if (wrong !== undefined) return wrong;
    if (match.route === undefined) {
      return match.methods.length === 0
        ? definition.notFound()
        : { ...definition.wrongMethod(), headers: { allow: match.methods.join(', ') } };
    }
    const { environment, world } = place ?? { environment: undefined, world: definition.createWorld() };
    return match.route.answer({ ...request, parameters: match.parameters, key: key ?? '', environment, world });
  };
}

/** The parts of a path, or `undefined` if it cannot be decoded. */
function toSegments<World>(definition: FakeDefinition<World>, path: string): string[] | undefined {
  try {
    return definition.toSegments?.(path) ?? path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

import type { FakeDefinition } from './definition.js';

/** What belongs to one key in one environment. */
export interface FakePlace<World> {
  readonly environment: string | undefined;
  readonly world: World;
}

/** The accepted keys, with a world for each. */
export function createWorlds<World>(definition: FakeDefinition<World>, keep: number) {
  const { origins, environmentOf, isKey } = definition;
  const environments =
    definition.environments ?? [...new Set(Object.values(origins))].filter((each) => each !== undefined);
  /** The keys that a test accepted, each with its environment. */
  const named = new Map<string, string | undefined>();
  /** For keys that do not say where they belong: where they were first used. */
  const settled = new Map<string, string>();
  const places = new Map<string, FakePlace<World>>();

  function checkEnvironment(environment: string | undefined): void {
    if (environment === undefined || environments.includes(environment)) return;
    throw new TypeError(`The environment may be ${environments.map((each) => `'${each}'`).join(', ')}.`);
  }

  /** The place of a key; `undefined` if it is not accepted at this origin. */
  function enter(key: string, origin: string): FakePlace<World> | undefined {
    if (named.size > 0 ? !named.has(key) : !isKey(key)) return undefined;
    const here = origins[origin];
    let environment = named.get(key) ?? environmentOf(key) ?? settled.get(key);
    if (environment === undefined && here !== undefined) {
      environment = here;
      limitSize(settled).set(key, here);
    }
    if (here !== undefined && environment !== here) return undefined;
    const id = `${environment ?? ''} ${key}`;
    const place = places.get(id) ?? { environment, world: definition.createWorld() };
    // The least recently used place is the first to go.
    places.delete(id);
    limitSize(places).set(id, place);
    return place;
  }

  function limitSize<Value>(map: Map<string, Value>): Map<string, Value> {
    for (const id of map.keys()) {
      if (map.size < keep) break;
      map.delete(id);
    }
    return map;
  }

  return {
    checkEnvironment,
    enter,
    acceptKey: (key: string, environment?: string): void => {
      if (typeof key !== 'string' || key === '') throw new TypeError('A key must be a string, and not an empty one.');
      checkEnvironment(environment);
      const own = environmentOf(key);
      if (environment !== undefined && own !== undefined && own !== environment) {
        throw new TypeError(`A key with this prefix belongs to '${own}', and would be accepted nowhere.`);
      }
      if (!named.has(key) && named.size >= keep) {
        throw new TypeError(`There are ${String(keep)} keys already, and no more are kept.`);
      }
      named.set(key, environment);
    },
    reset(): void {
      named.clear();
      settled.clear();
      places.clear();
    },
  };
}

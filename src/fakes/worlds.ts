import type { FakeDefinition } from './definition.js';

/** One key in one environment, with its state. */
export interface FakePlace<World> {
  readonly environment: string | undefined;
  readonly world: World;
}

/** The accepted keys, with the state of each. */
export function createWorlds<World>(definition: FakeDefinition<World>, keep: number) {
  const { origins, environmentOf, isKey } = definition;
  const environments =
    definition.environments ?? [...new Set(Object.values(origins))].filter((each) => each !== undefined);
  /** The keys that a test added, each with its environment. */
  const added = new Map<string, string | undefined>();
  /** The environment in which a key was first used, if neither the test nor its prefix names one. */
  const firstUsed = new Map<string, string>();
  const places = new Map<string, FakePlace<World>>();

  function checkEnvironment(environment: string | undefined): void {
    if (environment === undefined || environments.includes(environment)) return;
    throw new TypeError(`The environment must be one of ${environments.map((each) => `'${each}'`).join(', ')}.`);
  }

  /** Finds or makes the state of a key; `undefined` if the key is not accepted at this origin. */
  function placeOf(key: string, origin: string): FakePlace<World> | undefined {
    if (added.size > 0 ? !added.has(key) : !isKey(key)) return undefined;
    const here = origins[origin];
    let environment = added.get(key) ?? environmentOf(key) ?? firstUsed.get(key);
    if (environment === undefined && here !== undefined) {
      environment = here;
      limitSize(firstUsed).set(key, here);
    }
    if (here !== undefined && environment !== here) return undefined;
    const id = `${environment ?? ''} ${key}`;
    const place = places.get(id) ?? { environment, world: definition.createWorld() };
    // The least recently used place is the first to go.
    places.delete(id);
    limitSize(places).set(id, place);
    return place;
  }

  /** Drops the oldest entries, so that there is room for one more. */
  function limitSize<Value>(map: Map<string, Value>): Map<string, Value> {
    for (const id of map.keys()) {
      if (map.size < keep) break;
      map.delete(id);
    }
    return map;
  }

  return {
    checkEnvironment,
    placeOf,
    acceptKey: (key: string, environment?: string): void => {
      if (typeof key !== 'string' || key === '') throw new TypeError('A key must be a non-empty string.');
      checkEnvironment(environment);
      const own = environmentOf(key);
      if (environment !== undefined && own !== undefined && own !== environment) {
        throw new TypeError(`The prefix of this key means '${own}'. Leave out the environment, or pass that one.`);
      }
      if (!added.has(key) && added.size >= keep) {
        throw new TypeError(`There are ${String(keep)} keys already, as many as \`keep\` allows.`);
      }
      added.set(key, environment);
    },
    reset(): void {
      added.clear();
      firstUsed.clear();
      places.clear();
    },
  };
}

/** What is asked of a client of ioredis, a cluster's included. */
export interface IoredisClient {
  /** Runs a Lua script. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** Tells this client from the others. */
  defineCommand(name: string, definition: { lua: string }): void;
}

/** What is asked of a client of node-redis (`redis`), a pool's, a cluster's and a sentinel's included. */
export interface NodeRedisClient {
  /** Runs a Lua script. node-redis has every command in capitals, too, which tells it from the others. */
  EVAL(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** What is asked of any other client, such as `@upstash/redis`, or of an object of your own. */
export interface RedisEval {
  /** Runs a Lua script. Resolves with what it returns: a list of numbers. */
  eval(script: string, keys: string[], args: string[]): Promise<unknown>;
}

/** A connected client of Redis. */
export type RedisClient = IoredisClient | NodeRedisClient | RedisEval;

/** Runs a script, whichever client it is. */
export type Evaluate = (script: string, keys: string[], args: string[]) => Promise<unknown>;

/** `undefined` if it is no client. */
export function toEvaluate(redis: unknown): Evaluate | undefined {
  if (typeof redis !== 'object' || redis === null) return undefined;
  const { eval: evaluate, EVAL, defineCommand } = redis as Partial<Record<string, unknown>>;
  if (typeof EVAL === 'function') {
    const client = redis as NodeRedisClient;
    return (script, keys, args) => client.EVAL(script, { keys, arguments: args });
  }
  if (typeof evaluate !== 'function') return undefined;
  if (typeof defineCommand === 'function') {
    const client = redis as IoredisClient;
    return (script, keys, args) => client.eval(script, keys.length, ...keys, ...args);
  }
  const client = redis as RedisEval;
  return (script, keys, args) => client.eval(script, keys, args);
}

/** The used part of a client of ioredis, also of a cluster. */
export interface IoredisClient {
  /** Runs a Lua script. */
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** Never called: it distinguishes this client from the others. */
  defineCommand(name: string, definition: { lua: string }): void;
}

/** The used part of a client of node-redis (`redis`), also of a pool, a cluster or a sentinel. */
export interface NodeRedisClient {
  /** Runs a Lua script. Only node-redis has commands in capitals: this distinguishes it from the others. */
  EVAL(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** The used part of any other client, such as `@upstash/redis`, or of your own object. */
export interface RedisEval {
  /** Runs a Lua script, and resolves with its result: an array of numbers. */
  eval(script: string, keys: string[], args: string[]): Promise<unknown>;
}

/** A connected Redis client. */
export type RedisClient = IoredisClient | NodeRedisClient | RedisEval;

/** Runs a Lua script with any of the clients. */
export type Evaluate = (script: string, keys: string[], args: string[]) => Promise<unknown>;

/** @returns `undefined` if the value is not a Redis client. */
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

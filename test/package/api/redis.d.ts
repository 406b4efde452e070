import { RateLimit, RateLimiter } from "./index.cjs";
interface IoredisClient {
    eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
    defineCommand(name: string, definition: {
        lua: string;
    }): void;
}
interface NodeRedisClient {
    EVAL(script: string, options: {
        keys: string[];
        arguments: string[];
    }): Promise<unknown>;
}
interface RedisEval {
    eval(script: string, keys: string[], args: string[]): Promise<unknown>;
}
type RedisClient = IoredisClient | NodeRedisClient | RedisEval;
interface RedisRateLimiterOptions extends RateLimit {
    readonly redis: RedisClient;
    readonly key: string;
    readonly onUnavailable?: "local" | "fail" | undefined;
}
declare function createRedisRateLimiter(options: RedisRateLimiterOptions): RateLimiter;
export { createRedisRateLimiter };
export type { IoredisClient, NodeRedisClient, RedisClient, RedisEval, RedisRateLimiterOptions };

interface RateLimit {
    readonly requests: number;
    readonly perSeconds: number;
    readonly penaltySeconds?: number | undefined;
}
type RateLimitResult = "answered" | "refused" | "unanswered" | "unsent";
type RateLimitAnswer = {
    readonly granted: false;
    readonly retryInMilliseconds: number;
} | {
    readonly granted: true;
    end(result: RateLimitResult, retryAfterSeconds?: number): unknown;
};
interface RateLimiter {
    take(request: RateLimitRequest): RateLimitAnswer | Promise<RateLimitAnswer>;
}
interface RateLimitRequest {
    readonly provider: string;
    readonly priority: "single" | "bulk";
    readonly leaseMilliseconds: number;
}
export type { RateLimit as R, RateLimiter as a, RateLimitAnswer as b, RateLimitRequest as c, RateLimitResult as d };

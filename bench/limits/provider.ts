/** What a provider allows. Times are in seconds; what is left out does not limit. */
export interface Limits {
  readonly requests?: number;
  readonly perSeconds?: number;
  /** When places are free again. A bucket is refilled steadily, and holds `bucketSize`. */
  readonly form?: 'fixed' | 'aligned' | 'sliding' | 'bucket';
  /** @default requests */
  readonly bucketSize?: number;
  /** For how long everything is refused after a request too many. */
  readonly penaltySeconds?: number;
  /** Whether each refused request begins the penalty anew. */
  readonly isBegunAnew?: boolean;
  /** Whether a 429 says how long to wait. */
  readonly hasRetryAfter?: boolean;
  /** The most requests in flight. */
  readonly cap?: number;
  /** From when to when it answers 503, with `Retry-After: 5` unless it is silent. */
  readonly outage?: readonly [from: number, to: number];
}

/** How long a request is on its way, in milliseconds: on average, and how much that varies. */
export interface Network {
  readonly average: number;
  /** The part of the average by which a request may be faster or slower. */
  readonly jitter: number;
  /** The share of requests that take one to three seconds more. */
  readonly tail: number;
  /** Whether all of that is spent at the provider: then it counts every request that the client has in flight. */
  readonly isNear?: boolean;
}

export interface Refusal {
  readonly status: 429 | 503;
  /** Milliseconds until there would be room. */
  readonly roomIn: number;
  readonly retryAfter: number | undefined;
}

/** Counts the requests that arrive at a provider. */
export interface Door {
  /** Lets a request in, or says why not. */
  enter(): Refusal | undefined;
  /** Says when a request would be let in, in milliseconds; takes no place and has no penalty. */
  roomIn(): number;
  leave(): void;
}

export function createDoor(limits: Limits): Door {
  const { penaltySeconds = 0, isBegunAnew = false, hasRetryAfter = false, cap = Infinity, outage } = limits;
  const begin = performance.now();
  const room = createRoom(limits);
  let penaltyEnd = 0;
  let inFlight = 0;
  const now = () => performance.now() - begin;
  const outageLeft = (): number => {
    const [from, to] = outage ?? [0, 0];
    return now() >= from * 1000 && now() < to * 1000 ? to * 1000 - now() : 0;
  };
  const roomIn = () => Math.max(outageLeft(), penaltyEnd - now(), inFlight < cap ? room.freeIn(now()) : 1);
  return {
    roomIn,
    enter() {
      if (outageLeft() > 0) return { status: 503, roomIn: outageLeft(), retryAfter: hasRetryAfter ? 5 : undefined };
      const wait = roomIn();
      if (wait <= 0) {
        room.take(now());
        inFlight += 1;
        return undefined;
      }
      if (isBegunAnew || penaltyEnd <= now()) penaltyEnd = Math.max(penaltyEnd, now() + penaltySeconds * 1000);
      const rest = Math.max(wait, penaltyEnd - now());
      return { status: 429, roomIn: rest, retryAfter: hasRetryAfter ? Math.ceil(rest / 1000) : undefined };
    },
    leave() {
      inFlight -= 1;
    },
  };
}

interface Room {
  /** Milliseconds until the next place is free. */
  freeIn(now: number): number;
  take(now: number): void;
}

function createRoom({ requests = Infinity, perSeconds = 1, form = 'fixed', bucketSize = requests }: Limits): Room {
  const length = perSeconds * 1000;
  if (form === 'sliding') {
    let taken: number[] = [];
    return {
      freeIn(now) {
        const first = taken[taken.length - requests];
        return first === undefined ? 0 : first + length - now;
      },
      take(now) {
        taken.push(now);
        if (taken.length >= 2 * requests) taken = taken.slice(-requests);
      },
    };
  }
  if (form === 'bucket') {
    let level = bucketSize;
    let filledAt = 0;
    const fill = (now: number) => {
      level = Math.min(bucketSize, level + ((now - filledAt) * requests) / length);
      filledAt = now;
    };
    return {
      freeIn(now) {
        fill(now);
        // Whoever waits for exactly one place must find it, whatever is lost in the last digit.
        return level > 1 - 1e-9 ? 0 : ((1 - level) * length) / requests;
      },
      take(now) {
        fill(now);
        level -= 1;
      },
    };
  }
  // On the clock, too, a job begins with a window: who cannot know the clock would pay up to one window for it, once.
  let end = 0;
  let count = 0;
  const turn = (now: number) => {
    if (now < end) return;
    end = form === 'aligned' ? end + length * (1 + Math.floor((now - end) / length)) : now + length;
    count = 0;
  };
  return {
    freeIn(now) {
      if (now >= end || count < requests) return 0;
      return end - now;
    },
    take(now) {
      turn(now);
      count += 1;
    },
  };
}

/** How long one request is on its way, at the provider, and on its way back, in milliseconds. */
export interface Travel {
  readonly there: number;
  readonly inside: number;
  readonly back: number;
}

/** The travel of each request in turn, the same in every run. */
export function createTravel({ average, jitter, tail, isNear = false }: Network, seed = 1): () => Travel {
  let state = seed;
  // mulberry32
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const part = (share: number) => share * average * (1 + jitter * (2 * random() - 1));
  return () => {
    const late = random() < tail ? 1_000 + 2_000 * random() : 0;
    if (isNear) return { there: 0, inside: part(1) + late, back: 0 };
    const travel = { there: part(0.2), inside: part(0.6), back: part(0.2) };
    // On its way, or on the way back: the provider counts it late, or the client learns late that it did.
    return random() < 0.5 ? { ...travel, there: travel.there + late } : { ...travel, back: travel.back + late };
  };
}

export const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

import type * as z from 'zod/mini';
import type { CallOptions, ClientOptions, ProviderId } from '../../../src/index.js';
import type { Ending, WrongContent } from '../endings.js';
import type { CannedAnswer } from '../server.js';

/** Options that make a client of every provider talk to a server of the test's own. */
export type LoopbackOptions = ClientOptions & { readonly baseUrl: string };

export type AnswerWithBody = CannedAnswer & { readonly body: unknown };

/** A plain request for a token, as the provider's documentation has it. */
export interface RawRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** Whom it is about. */
  readonly userId: string;
}

/** One thing that can be asked of a provider. Every rule of the house is tested for each of them. */
export interface OperationUnderTest {
  readonly name: string;
  readonly provider: ProviderId;
  readonly label: string;
  readonly key: string;
  /** The id that the call is about, and the secrets of a successful answer. */
  readonly id: string;
  readonly secrets: readonly string[];
  readonly success: AnswerWithBody;
  /** The failures that the provider documents for it, and nothing that it merely sends. */
  readonly statuses: readonly number[];
  /** What error bodies end with whose status does not tell, by their names among the subject's. */
  readonly endings?: Readonly<Record<string, Ending>>;
  /** Answers of the right form with a wrong content. */
  readonly wrongContents: readonly WrongContent[];
  readonly request: {
    /** @default 'POST' */
    readonly method?: 'GET' | 'DELETE';
    readonly path: string;
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly body: string;
  };
  /** Makes a client and the call that this is about. */
  readonly prepare: (options: LoopbackOptions) => {
    readonly client: object;
    readonly call: (options?: CallOptions) => Promise<unknown>;
  };
}

/** All that the suites need to know of one provider. Every suite reads it, so that an omission is a compiler error. */
export interface Subject {
  readonly provider: ProviderId;
  readonly label: string;
  /** The main secret, as it is in all that the tests send. */
  readonly key: string;
  /** The name of the option that takes it. */
  readonly keyOption: string;
  /** What a client works with beside a base URL: its credentials, and the options that it cannot do without. */
  readonly options: object;
  /** Options that say where requests go, for a client without a base URL. A key from a function never tells it. */
  readonly target: object;
  /** Environment variables with which a client needs no option. */
  readonly variables: Readonly<Record<string, string>>;
  /** How the provider's own keys begin; nothing else that looks like a key is its own. */
  readonly ownKeys: RegExp;
  /** The id of a made-up user, in the form that the provider wants. */
  readonly userId: (number: number) => string;
  /** The ids that a request for tokens is about. */
  readonly askedFor: (path: string, body: unknown) => readonly string[];
  /** Whether one request may ask for many, so that equal ids share a token. */
  readonly hasBatches: boolean;
  /** Error bodies as documented or recorded, by name: `error.404`, `error.400.user-exists`. */
  readonly errors: Readonly<Record<string, AnswerWithBody>>;
  /** An error body that has a value in each place that is read, and in one that is not documented. */
  readonly errorAround: (value: unknown) => object;
  /** What all of them have. */
  readonly errorForm: z.ZodMiniType;
  /** What its fake does as the provider does. */
  readonly fake: {
    readonly request: RawRequest;
    /** The answer to a key that is not accepted, and to a user who is unknown. */
    readonly refusedKey: number;
    readonly unknownUser: number;
    /** Where the key belongs, and where its form says that it does not. */
    readonly environment: string;
    readonly otherEnvironment?: string;
    /** Beyond a limit: whether `Retry-After` says for how long, and the penalty. */
    readonly saysRetryAfter: boolean;
    readonly penaltySeconds?: number;
    /** Whether a token stops working after its first use, and at some time. */
    readonly isUsedOnce: boolean;
    readonly expires: boolean;
  };
  /** The bundle of a program that uses this provider alone. */
  readonly bundle: {
    readonly factory: string;
    /** What shows that the provider is in it. */
    readonly words: RegExp;
    /** Bytes, minified and compressed: what was seen, with 3 % of room. */
    readonly size: number;
  };
  /** What can be asked of it, `issueToken` first. */
  readonly operations: readonly [OperationUnderTest, ...OperationUnderTest[]];
}

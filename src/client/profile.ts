import type { RateLimit } from '../issuer/rate-limit.js';

/** What the prefix of a credential, or the name of a host, says about it. */
export interface TargetFacts {
  readonly environment: string;
  readonly region?: string | undefined;
}

/** A host for everything, or one for each environment, or for each environment and region. */
export type Hosts = string | Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Something that a client shows the provider to say who it is. */
export interface CredentialProfile {
  /** Whether it is redacted wherever it shows. */
  readonly isSecret: boolean;
  /** The credential in whose place it stands if its option is given, whatever the variables hold. */
  readonly insteadOf?: string;
  /** The environment variables that hold it, the preferred one first. Two that are set must agree. */
  readonly variables: readonly string[];
  /** Variables of other products' making too: read only if none of `variables` is set, and never in conflict with them. */
  readonly fallbackVariables?: readonly string[];
  /** What its prefixes say, if it has any. */
  readonly prefixes?: Readonly<Record<string, TargetFacts>>;
  /** Keys that are for browsers, and never right here. */
  readonly publishable?: RegExp;
  /** The header that carries it. */
  readonly header: string;
  /** What stands before it in the header: `Bearer`. */
  readonly scheme?: string;
}

/** An option that only this provider has. */
export interface OwnOption {
  /** Where it may be given: to the client, to a single call and each of a bulk call, to a bulk call alone. */
  readonly at: readonly ('client' | 'call' | 'bulk')[];
  /** What the text of a variable or a flag is turned into. */
  readonly kind: 'text' | 'number' | 'seconds' | 'list' | 'function';
  /** Whether a value will do. */
  readonly accepts: (value: unknown) => boolean;
  /** What it must be, as the end of a sentence: "a whole number of seconds from 1". */
  readonly expected: string;
  /** Whether a client cannot work without it. */
  readonly isRequired?: boolean;
  /** The environment variables that hold it, the preferred one first. */
  readonly variables?: readonly string[];
  /** How the command line takes it: `--name <placeholder>`. */
  readonly flag?: { readonly name: string; readonly placeholder: string; readonly description: string };
}

/** All that sets one provider's connection apart from another's. */
export interface ProviderProfile {
  readonly provider: string;
  /** The provider's name as people write it. */
  readonly label: string;
  /** The first segment of every path, if there is one: `v1`. */
  readonly version?: string;
  readonly hosts: Hosts;
  /** Older hosts that still answer, in the same shape. */
  readonly olderHosts?: Hosts;
  /** What the provider documents for everybody, if it does. */
  readonly rateLimit?: RateLimit;
  readonly environments: readonly string[];
  readonly regions?: readonly string[];
  /** By the name of the option that takes it. */
  readonly credentials: Readonly<Record<string, CredentialProfile>>;
  /** The environment variables for where requests go, the preferred one first. */
  readonly variables: {
    readonly environment: readonly string[];
    readonly region?: readonly string[];
    readonly baseUrl: readonly string[];
  };
  /** By name. */
  readonly ownOptions: Readonly<Record<string, OwnOption>>;
}

/** What a host of the provider's own says: a host for everything says nothing. `undefined` for anybody else's host. */
export function findHost(profile: ProviderProfile, hostname: string): Partial<TargetFacts> | undefined {
  // A name with a dot at its end is the same name, fully qualified.
  const name = hostname.replace(/\.$/, '');
  const entries = [profile.hosts, profile.olderHosts ?? {}].flatMap(listHosts);
  return entries.find(({ host }) => new URL(host).hostname === name)?.facts;
}

function listHosts(hosts: Hosts): { readonly host: string; readonly facts: Partial<TargetFacts> }[] {
  if (typeof hosts === 'string') return [{ host: hosts, facts: {} }];
  return Object.entries(hosts).flatMap(([environment, inside]) =>
    typeof inside === 'string'
      ? [{ host: inside, facts: { environment } }]
      : Object.entries(inside).map(([region, host]) => ({ host, facts: { environment, region } })),
  );
}

import type { RateLimit } from '../issuer/rate-limit.js';

/** The environment and region that the prefix of a credential, or a host of the provider, stands for. */
export interface TargetFacts {
  readonly environment?: string | undefined;
  readonly region?: string | undefined;
}

/** One host for everything, or one for each environment, or each environment and region; without environments, for each region. */
export type Hosts = string | Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** A credential of a provider, such as an API key. It is a secret, redacted everywhere. */
export interface CredentialProfile {
  /** The name of the credential that it replaces, if its option is given. The variables of that one are then not read. */
  readonly insteadOf?: string;
  /** The environment variables that hold it, the preferred one first. Two that are set must agree. */
  readonly variables: readonly string[];
  /** Variables that other products may use as well: read only if none of `variables` is set. */
  readonly fallbackVariables?: readonly string[];
  /** The known prefixes, and what each stands for. */
  readonly prefixes?: Readonly<Record<string, TargetFacts>>;
  /** The form of publishable keys, which are for browsers and are refused here. */
  readonly publishable?: RegExp;
  /** The header that carries it. */
  readonly header: string;
  /** The authentication scheme before it in the header, such as `Bearer`. */
  readonly scheme?: string;
}

/** An option that only this provider has. */
export interface OwnOption {
  /** Where it is allowed. `call`: in single and bulk calls; `bulk`: in bulk calls only. */
  readonly at: readonly ('client' | 'call' | 'bulk')[];
  /** The type that the text of a variable or a flag is converted to. */
  readonly kind: 'text' | 'number' | 'seconds' | 'list' | 'function';
  /** Whether a value is valid. */
  readonly accepts: (value: unknown) => boolean;
  /** Completes the message "… must be …": "a whole number of seconds from 1". */
  readonly expected: string;
  /** Whether a client cannot work without it. */
  readonly isRequired?: boolean;
  /** The environment variables that hold it, the preferred one first. */
  readonly variables?: readonly string[];
  /** How the command line takes it: `--name <placeholder>`. */
  readonly flag?: { readonly name: string; readonly placeholder: string; readonly description: string };
}

/** The hosts, credentials, variables and options of one provider. */
export interface ProviderProfile {
  readonly provider: string;
  /** The provider's name as people write it. */
  readonly label: string;
  /** The first segment of every path, if there is one: `v1`. */
  readonly version?: string;
  readonly hosts: Hosts;
  /** Older hosts that still answer, in the same shape. */
  readonly olderHosts?: Hosts;
  /** The rate limit that the provider documents, if it does. */
  readonly rateLimit?: RateLimit;
  /** Left out if there is only one. */
  readonly environments?: readonly string[];
  readonly regions?: readonly string[];
  /** By the name of the option. */
  readonly credentials: Readonly<Record<string, CredentialProfile>>;
  /** The environment variables for the environment, the region and the base URL, the preferred one first. */
  readonly variables: {
    readonly environment?: readonly string[];
    readonly region?: readonly string[];
    readonly baseUrl: readonly string[];
  };
  /** By the name of the option. */
  readonly ownOptions: Readonly<Record<string, OwnOption>>;
}

/**
 * The environment and region that a host of the provider stands for: none if one host serves all. `undefined` if the host is
 * not the provider's.
 */
export function findHost(profile: ProviderProfile, hostname: string): TargetFacts | undefined {
  // A dot at the end makes a name fully qualified; it is the same host.
  const name = hostname.replace(/\.$/, '');
  const entries = [profile.hosts, profile.olderHosts ?? {}].flatMap((hosts) => listHosts(hosts, profile));
  return entries.find(({ host }) => new URL(host).hostname === name)?.facts;
}

function listHosts(
  hosts: Hosts,
  { environments }: ProviderProfile,
): { readonly host: string; readonly facts: TargetFacts }[] {
  if (typeof hosts === 'string') return [{ host: hosts, facts: {} }];
  return Object.entries(hosts).flatMap(([name, inside]): { host: string; facts: TargetFacts }[] => {
    if (typeof inside !== 'string')
      return Object.entries(inside).map(([region, host]) => ({ host, facts: { environment: name, region } }));
    return [{ host: inside, facts: environments === undefined ? { region: name } : { environment: name } }];
  });
}

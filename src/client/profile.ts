/** What the prefix of a key says about it. */
export interface KeyFacts {
  readonly environment: string;
  readonly region?: string;
}

/** All that sets one provider's connection apart from another's. */
export interface ProviderProfile {
  readonly provider: string;
  /** The provider's name as people write it. */
  readonly label: string;
  /** The first segment of every path: `v1`. */
  readonly version: string;
  /** One host for everything, or one for each environment (`sandbox`) or environment and region (`sandbox eu`). */
  readonly hosts: string | Readonly<Record<string, string>>;
  readonly environments: readonly string[];
  readonly regions?: readonly string[];
  readonly keyPrefixes?: Readonly<Record<string, KeyFacts>>;
  /** Keys that are for browsers, and never right here. */
  readonly publishableKey?: RegExp;
  /** The environment variables for each option, the preferred one first. */
  readonly variables: {
    readonly apiKey: readonly string[];
    readonly environment: readonly string[];
    readonly region?: readonly string[];
    readonly baseUrl?: readonly string[];
  };
  /** Names of the options that only this provider has. */
  readonly ownOptions?: readonly string[];
}

import type { ClusterConnection, ClusterContext, ClusterProvider } from "../ports/index.ts";

/**
 * How the double of a cloud behaves: `well`; `denying` refuses who asks; `throttling` answers the next request with 429 and
 * `Retry-After: 1`, and then is well; `silent` takes requests and never answers; `empty` knows no such cluster.
 */
export type CloudMood = "well" | "denying" | "throttling" | "silent" | "empty";

/**
 * What the suite tries that not every provider can be tried with: `entry` (the API server lets one in), `expiry` (credentials
 * end), `renewal` (they can be got anew before), `denial`, `throttling`, `silence` and `absence` (moods of the cloud).
 */
export type ClusterProviderTrial =
  "entry" | "expiry" | "renewal" | "denial" | "throttling" | "silence" | "absence";

/** A provider and the world around it, as one test of the suite needs them. */
export interface ClusterProviderRig {
  readonly provider: ClusterProvider;
  /** What the provider is given as its environment. @defaultValue nothing */
  readonly env?: ClusterContext["env"];
  /** The pipeline's folder. @defaultValue the working directory */
  readonly root?: string;
  /** Requests that the provider has sent to its cloud so far. */
  requests(): number;
  /** How the cloud behaves from now on. */
  become?(mood: CloudMood): void;
  /** Keys and passwords that the provider was given. Its tokens need not stand here. */
  readonly secrets: readonly string[];
  /** Sends a request to the API server, and rejects where it does not let us in. */
  enter?(connection: ClusterConnection): Promise<void>;
  close?(): Promise<void> | void;
}

/** Time as the provider sees it in the suite. */
export interface ClusterSuiteClock {
  /** Milliseconds since 1970. */
  now(): number;
}

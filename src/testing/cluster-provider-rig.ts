import type { ClusterConnection, ClusterContext, ClusterProvider } from "../ports/index.ts";

/**
 * How the double of a cloud behaves: `well`; `denying` refuses who asks; `throttling` answers the next request with 429 and
 * `Retry-After: 1`, and then is well; `silent` takes requests and never answers; `empty` knows no such cluster.
 */
export type CloudMood = "well" | "denying" | "throttling" | "silent" | "empty";

/**
 * What the suite tries that not every provider can be tried with: `entry` (the API server lets one in), `expiry` (credentials
 * end), `renewal` (they can be got anew before), `denial`, `throttling`, `silence` and `absence` (moods of the cloud),
 * `rollout` (whole releases), `outage` (those that end before they are through, and take a minute to be gone on with).
 */
export type ClusterProviderTrial =
  "entry" | "expiry" | "renewal" | "denial" | "throttling" | "silence" | "absence" | "rollout" | "outage";

/** A place in a real cluster for the suite's own app. What is left there after the suite is yours to remove. */
export interface ClusterRolloutPlace {
  /** It exists, and whom the provider lets in may do there all that a deploy needs. */
  readonly namespace: string;
  /** Of pods that become ready. */
  readonly image: string;
  /** @defaultValue 8080 */
  readonly port?: number;
  /** Answers with 200 once a pod is ready. @defaultValue `/` */
  readonly path?: string;
  /** Of the pods. */
  readonly annotations?: Readonly<Record<string, string>>;
}

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
  /** Where the suite may release an app by the provider's own connection. It puts what goes wrong in front of it. */
  readonly rollout?: ClusterRolloutPlace;
  /** Renews what the provider only reads, such as a token in a file. Called before the old credentials are refused. */
  rotate?(): Promise<void> | void;
  close?(): Promise<void> | void;
}

/** Time as the provider sees it in the suite. */
export interface ClusterSuiteClock {
  /** Milliseconds since 1970. */
  now(): number;
}

import type { ClusterContext } from "../../ports/index.ts";
import type { KubeconfigLibrary } from "./library.ts";
import type { ClusterEntry } from "./types.ts";

/** What is around a user who is to be let in. */
export interface CredentialsSetup {
  readonly cluster: ClusterEntry;
  /** PEM of the cluster's authority. */
  readonly ca: string | undefined;
  /** For users of the time before plugins. */
  readonly load: () => Promise<KubeconfigLibrary>;
  readonly context: ClusterContext;
}

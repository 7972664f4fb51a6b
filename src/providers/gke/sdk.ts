import type { ClusterMessage } from "./read-cluster.ts";

/** The parts of Google's libraries that the provider calls. Nothing of them appears in a type here, and tests play them. */
export interface GoogleSdk {
  /** Who we are. Each call makes one that has nothing cached. */
  identity(choice: IdentityChoice): Promise<GoogleIdentity>;
  /** The API of clusters, asked as `identity`. */
  clusters(identity: GoogleIdentity, place: ApiPlace): ClusterManager;
}

export interface IdentityChoice {
  readonly keyFile: string | undefined;
  readonly impersonate: string | undefined;
  /** Address of the API that impersonates, where it is not Google's own. */
  readonly iamCredentials: string | undefined;
  readonly scopes: readonly string[];
  readonly signal: AbortSignal;
}

export interface GoogleIdentity {
  token(): Promise<GoogleToken>;
  /** Asks an API of Google; gives the answer's JSON. Throttled requests are sent again when `Retry-After` says so. */
  get(url: string, headers: Headers, signal: AbortSignal): Promise<unknown>;
}

export interface GoogleToken {
  readonly token: string;
  /** Milliseconds since 1970; absent where it is not known. */
  readonly expiresAt?: number;
}

export interface ApiPlace {
  /** Where the API is, where it is not Google's own. */
  readonly endpoint: string | undefined;
  readonly signal: AbortSignal;
}

/** Of `ClusterManagerClient`. */
export interface ClusterManager {
  getCluster(request: { readonly name: string }): Promise<readonly [ClusterMessage, ...unknown[]]>;
  close(): Promise<void>;
}

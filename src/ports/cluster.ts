import type { JsonObject } from "../model/index.ts";

/** A way into one Kubernetes cluster. Making one asks nothing of any network; `connect` does. */
export interface ClusterProvider {
  /** For example `eks`. */
  readonly kind: string;
  /** The cluster's name, as its cloud or its kubeconfig has it. */
  readonly name: string;
  /** What stands in the Plan: names and places, nothing secret. */
  readonly spec: JsonObject;
  /** Optional packages and programs without which {@link ClusterProvider.connect} cannot work. */
  readonly needs: readonly ClusterNeed[];
  /** In words, for a plan or an error: `EKS cluster "prod" in eu-west-1`. */
  describe(): string;
  /**
   * Finds the API server and how to be let in. Throws `CLUSTER_DENIED`, `CLUSTER_UNREACHABLE`, `CLOUD_FAILED` or
   * `DEPENDENCY_MISSING`.
   */
  connect(context: ClusterContext): Promise<ClusterConnection>;
  /** The registry that belongs to the cluster's cloud; `undefined` where it cannot be told. */
  registry?(context: ClusterContext): Promise<ClusterRegistry | undefined>;
}

/** What a provider may use. */
export interface ClusterContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The pipeline's folder: relative paths are taken from it. */
  readonly root: string;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told what is waited for, a line at a time; also later, while credentials are renewed. */
  readonly log?: (text: string) => void;
}

export interface ClusterNeed {
  readonly kind: "package" | "program";
  readonly name: string;
  /** What it is needed for, and how it is got. */
  readonly why: string;
}

/** Where an API server is, and how it is spoken to. */
export interface ClusterConnection {
  /** `https://host[:port][/path]`. */
  readonly server: string;
  /** PEM of the authorities that vouch for the server; absent: those that the system trusts. */
  readonly ca?: string;
  /** The name in the server's certificate, where it is not the one in `server`. */
  readonly serverName?: string;
  /** Takes any certificate. Only ever set because the user's own kubeconfig says so. */
  readonly insecure?: boolean;
  /** The proxy on the way, `http://` or `https://`; absent: what the environment's `HTTPS_PROXY` and `NO_PROXY` say. */
  readonly proxy?: string;
  /** The namespace that a kubeconfig's context names. */
  readonly namespace?: string;
  /** Sent with each request, for impersonation; a list is sent as so many headers. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /**
   * Who we are. Asked for each request, so it keeps what it has until shortly before that ends; `fresh` is set once
   * after a 401. Concurrent calls share one refresh. Absent where the server wants to know nothing.
   */
  credentials?(options?: { readonly fresh?: boolean }): Promise<ClusterCredentials>;
}

export interface ClusterCredentials {
  /** For `Authorization: Bearer`. */
  readonly token?: string;
  /** PEM of a client certificate and its key. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Milliseconds since 1970; absent where it does not end. */
  readonly expiresAt?: number;
}

export interface ClusterRegistry {
  /** What image names begin with, for example `1234.dkr.ecr.eu-west-1.amazonaws.com`. */
  readonly prefix: string;
}

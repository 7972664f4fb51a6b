/** A cluster of a kubeconfig. Files are absolute. */
export interface ClusterEntry {
  readonly name: string;
  readonly server: string;
  readonly caFile?: string | undefined;
  /** Base64 of PEM. */
  readonly caData?: string | undefined;
  readonly insecure: boolean;
  readonly serverName?: string | undefined;
  readonly proxy?: string | undefined;
  /** For credential plugins: the extension `client.authentication.k8s.io/exec`. */
  readonly pluginConfig?: unknown;
}

/** A user of a kubeconfig. Files are absolute. */
export interface UserEntry {
  readonly name: string;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly certData?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly keyData?: string | undefined;
  readonly username?: string | undefined;
  readonly exec?: ExecEntry | undefined;
  /** Of the time before plugins: read by the library. */
  readonly authProvider?: { readonly name: string; readonly entry: unknown } | undefined;
  readonly impersonate?: Impersonation | undefined;
}

export interface Impersonation {
  readonly user: string;
  readonly uid?: string | undefined;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** A credential plugin. Source: Kubernetes, client-go credential plugins. */
export interface ExecEntry {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly installHint?: string | undefined;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: string;
}

export interface ContextEntry {
  readonly name: string;
  readonly cluster: string;
  readonly user: string | undefined;
  readonly namespace: string | undefined;
}

/** One kubeconfig, or several that were merged. */
export interface Config {
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
  readonly current: string | undefined;
}

export interface PickedContext {
  readonly context: ContextEntry;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry | undefined;
}

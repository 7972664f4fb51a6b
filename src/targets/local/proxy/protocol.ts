/** The version of what driver and proxy say to each other. A proxy that speaks another one is replaced. */
export const PROTOCOL = 1;

/** The name of the lock that a running proxy holds in the target's folder. */
export const PROXY_LOCK = "proxy";

export type Side = "stable" | "candidate";

/** One side as it shall be. */
export interface SidePlan {
  readonly revision: number;
  readonly replicas: number;
  /**
   * Whether the release was healthy once. A replica of a proven release is started again when it ends; one of an
   * unproven release is not, so that a release that cannot start is seen at once.
   */
  readonly proven: boolean;
}

/** A release that has been replaced and still runs, without traffic. */
export interface OldPlan {
  readonly revision: number;
  readonly replicas: number;
  /** Milliseconds since 1970, when it is ended. */
  readonly until: number;
}

/** What shall run and where requests shall go. Part of the target's state, so that a new proxy finds it. */
export interface Routing {
  /** Whether the target answers at all; false once it was stopped. */
  readonly open: boolean;
  /** Port of the stable URL; null until one was assigned. */
  readonly port: number | null;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly grace: number;
  /** Per cent of the requests that the candidate gets. */
  readonly weight: number;
  readonly stable: SidePlan | null;
  readonly candidate: SidePlan | null;
  readonly old: readonly OldPlan[];
}

/** The body of `PUT /config`. */
export interface ConfigUpdate {
  readonly routing: Routing;
  /** What processes inherit. Kept in memory. */
  readonly env: Readonly<Record<string, string>>;
  /** Values of secrets by name. Kept in memory, never written. */
  readonly secrets: Readonly<Record<string, string>>;
  /** A revision whose failed replicas are given another try. */
  readonly retry: number | null;
}

/** Why a replica is not coming up. */
export interface ReplicaFailure {
  readonly kind: "ended" | "overdue" | "spawn" | "secret" | "state";
  /** In words, for a person. */
  readonly text: string;
}

export interface ReplicaView {
  readonly revision: number;
  readonly index: number;
  readonly phase: "starting" | "ready" | "unready" | "waiting" | "failed" | "leaving";
  readonly pid: number | null;
  readonly port: number | null;
  /** How often it was started again after it ended by itself. */
  readonly restarts: number;
  /** The last failure; null where there was none. */
  readonly failure: ReplicaFailure | null;
}

/** The answer to `GET /state`. */
export interface ProxyView {
  readonly protocol: number;
  readonly pid: number;
  /** Changes with every change of the rest. */
  readonly version: number;
  /** Where the target answers; null while it does not. */
  readonly port: number | null;
  /** Ports that always lead to one side. */
  readonly sidePorts: { readonly stable: number; readonly candidate: number } | null;
  /** Why the port is not open although it shall be. */
  readonly portProblem: string | null;
  readonly routing: Routing;
  readonly replicas: readonly ReplicaView[];
}

/** The body of every refusal. */
export interface ProxyRefusal {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

import type { DeploySpec, TargetVerbSpec } from "../../ports/index.ts";
import type { JsonObject } from "../../model/index.ts";

/** What `kubernetes()` makes of its options; it stands in the Plan. Times are milliseconds. */
export interface KubernetesSpec {
  readonly name: string;
  /** What an app without a name of its own is called: the target's name where it was given one. */
  readonly app: string | null;
  /** What the cluster's provider says of itself. */
  readonly cluster: { readonly kind: string; readonly name: string; readonly spec: JsonObject };
  /** Null is the one that the connection names, or `default`. */
  readonly namespace: string | null;
  readonly createNamespace: boolean;
  readonly traffic: TrafficSpec;
  /** How many earlier releases are kept. */
  readonly history: number;
  readonly force: boolean;
  readonly timeout: number;
  /** Present where `timeout` is not the default, but was given. */
  readonly timeoutGiven?: true;
  /** How long a pod may wait for a node: milliseconds. */
  readonly scheduling: number;
  /** Where requests are counted. */
  readonly counts: CountsSpec | null;
}

/** A function has a kind only; what it asks is its own matter. */
export type CountsSpec = { readonly kind: "function" } | { readonly kind: string; readonly spec: JsonObject };

export type TrafficSpec =
  | { readonly kind: "replicas" }
  | {
      readonly kind: "gateway";
      readonly parents: readonly GatewayParent[];
      readonly hostnames: readonly string[];
    };

/** A Gateway that a route hangs on. */
export interface GatewayParent {
  readonly name: string;
  /** @defaultValue the app's */
  readonly namespace?: string;
  /** Of the Gateway: which listener. @defaultValue all that allow it */
  readonly sectionName?: string;
}

/** What `connect` of a Kubernetes target is given. */
export type KubernetesDeploySpec = DeploySpec<KubernetesSpec>;

/** What `status`, `rollback` and `stop` of a Kubernetes target are given. */
export type KubernetesVerbSpec = TargetVerbSpec<KubernetesSpec>;

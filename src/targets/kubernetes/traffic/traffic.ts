import type { GatewayParent, TrafficSpec } from "../spec.ts";

/** How requests are divided between two releases. Made by {@link replicas} or {@link gateway}. */
export interface Traffic {
  readonly spec: TrafficSpec;
}

/** Options of {@link gateway}. */
export interface GatewayOptions {
  /** The Gateways that the route hangs on, by name or in full; at least one. */
  readonly parents: readonly (string | GatewayParent)[];
  /** Host names that the route answers to. @defaultValue all that its Gateways have */
  readonly hostnames?: readonly string[];
}

/**
 * Divides requests by numbers of pods: the app's Service selects the pods of both releases. Needs nothing in the cluster,
 * and reaches only the weights that the number of replicas allows: with four, about 20, 25, 40, 50 … per cent. What is
 * reached is said, and is what a status shows.
 *
 * @example
 * ```ts
 * kubernetes({ cluster: kubeconfig(), traffic: replicas() });
 * ```
 */
export function replicas(): Traffic {
  return { spec: { kind: "replicas" } };
}

/**
 * Divides requests by the weights of an `HTTPRoute` (Gateway API, v1): exact to one per cent, whatever the number of
 * replicas. The cluster needs a Gateway controller; the route and the two Services behind it are ours.
 *
 * @example
 * ```ts
 * kubernetes({ cluster: kubeconfig(), traffic: gateway({ parents: ["public"], hostnames: ["api.example.com"] }) });
 * ```
 */
export function gateway({ parents, hostnames = [] }: GatewayOptions): Traffic {
  const full = (parent: string | GatewayParent): GatewayParent =>
    typeof parent === "string" ? { name: parent } : { ...parent };
  return { spec: { kind: "gateway", parents: parents.map(full), hostnames: [...hostnames] } };
}

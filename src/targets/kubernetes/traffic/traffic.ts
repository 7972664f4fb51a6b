import { SluiceError } from "../../../errors/index.ts";
import { unknownOptions } from "../../../util/unknown-options.ts";
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
 * @throws SluiceError `DEFINITION_INVALID` for options that make no sense, all problems at once.
 * @example
 * ```ts
 * kubernetes({ cluster: kubeconfig(), traffic: gateway({ parents: ["public"], hostnames: ["api.example.com"] }) });
 * ```
 */
export function gateway(options: GatewayOptions): Traffic {
  const problems = [...problemsOf(options)];
  if (problems.length > 0) {
    throw new SluiceError("DEFINITION_INVALID", `gateway(): ${problems.join("; ")}`, {
      hint: 'Write it like gateway({ parents: ["public"], hostnames: ["api.example.com"] }).',
    });
  }
  const { parents, hostnames = [] } = options;
  const full = (parent: string | GatewayParent): GatewayParent =>
    typeof parent === "string" ? { name: parent } : { ...parent };
  return { spec: { kind: "gateway", parents: parents.map(full), hostnames: [...hostnames] } };
}

function* problemsOf(options: unknown): Iterable<string> {
  if (!isObject(options)) {
    yield "the options must be an object";
    return;
  }
  yield* unknownOptions(options, ["parents", "hostnames"]);
  const { parents, hostnames = [] } = options as Partial<Record<keyof GatewayOptions, unknown>>;
  if (Array.isArray(parents)) {
    for (const [index, parent] of parents.entries()) yield* parentProblems(parent, `parents[${index}]`);
  } else yield "parents must list the Gateways that the route hangs on";
  if (!Array.isArray(hostnames) || !hostnames.every(isText)) yield "hostnames must list host names";
}

function* parentProblems(parent: unknown, at: string): Iterable<string> {
  if (isText(parent)) return;
  if (!isObject(parent)) {
    yield `${at} must be the name of a Gateway, or { name, namespace, sectionName }`;
    return;
  }
  yield* unknownOptions(parent, ["name", "namespace", "sectionName"], at);
  const { name, ...others } = parent as Partial<Record<keyof GatewayParent, unknown>>;
  if (!isText(name)) yield `${at}.name must be the name of a Gateway`;
  for (const [key, value] of Object.entries({ namespace: others.namespace, sectionName: others.sectionName }))
    if (value !== undefined && !isText(value)) yield `${at}.${key} must be a name`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

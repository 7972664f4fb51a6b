import { SluiceError } from "../../errors/index.ts";
import type { ClusterProvider, CountProvider } from "../../ports/index.ts";
import { type Duration, parseDuration } from "../../util/duration.ts";
import { unknownOptions } from "../../util/unknown-options.ts";
import type { CountsFrom } from "./driver/counts.ts";
import type { CountsSpec, KubernetesSpec } from "./spec.ts";
import { replicas, type Traffic } from "./traffic/traffic.ts";

/** Options of every target on Kubernetes, whatever its cluster. */
export interface KubernetesTargetOptions<R extends string = never> {
  /**
   * Unique among the pipeline's targets, and a label on all that it makes: at most 63 letters, digits, `-`,
   * `_` and `.`. A `service()` without a name of its own is called so too, and else by the pipeline's.
   * @defaultValue the cluster's name, with `-<namespace>` where one is given
   */
  readonly name?: string;
  /** @defaultValue the one that the kubeconfig's context names, or `default` */
  readonly namespace?: string;
  /** Makes the namespace where it is not there. @defaultValue false */
  readonly createNamespace?: boolean;
  /** Gates that a value must have passed to be deployed here. */
  readonly requires?: readonly R[];
  /** How requests are divided while two releases run. @defaultValue `replicas()` */
  readonly traffic?: Traffic;
  /** How many earlier releases are kept, to go back to. @defaultValue 5 */
  readonly history?: number;
  /** Takes over fields that something else has set. Without it, that is an error that names who. @defaultValue false */
  readonly force?: boolean;
  /**
   * How long the cluster may take for anything, on top of what a replica is allowed to start up. Manifests that roll out
   * by themselves may take the longest `progressDeadlineSeconds` among them where none is given here.
   * @defaultValue "2m"
   */
  readonly timeout?: Duration;
  /**
   * How long a pod may wait for a node before its release fails. Nodes that are added as they are needed have to be
   * there by then. Helm waits by itself, for the `timeout` of `helm()`. @defaultValue "5m"
   */
  readonly scheduling?: Duration;
  /**
   * Where requests, errors and latencies of both sides are counted: `prometheus({ ... }).counts({ ... })`, another
   * `CountProvider`, or a function. Without it, metrics that need counts are refused.
   */
  readonly counts?: CountProvider | CountsFrom;
}

/** Options of {@link kubernetes}. */
export interface KubernetesOptions<R extends string = never> extends KubernetesTargetOptions<R> {
  /** The way into the cluster. */
  readonly cluster: ClusterProvider;
}

/** The names of the options that are the target's, where they stand among those of a cluster. */
export const TARGET_OPTIONS = [
  "name",
  "namespace",
  "createNamespace",
  "requires",
  "traffic",
  "history",
  "force",
  "timeout",
  "scheduling",
  "counts",
] as const satisfies readonly (keyof KubernetesTargetOptions)[];

/** Tells a target's options from those of its cluster, where both stand side by side. */
export function splitOptions<R extends string, C extends object>(
  options: C & KubernetesTargetOptions<R>,
): { readonly target: KubernetesTargetOptions<R>; readonly cluster: C } {
  const own: ReadonlySet<string> = new Set(TARGET_OPTIONS);
  // What is no object is left to the cluster's own check.
  const entries = isObject(options) ? Object.entries(options) : [];
  const part = (ofTarget: boolean): object =>
    Object.fromEntries(entries.filter(([key]) => own.has(key) === ofTarget));
  return { target: part(true), cluster: part(false) as C };
}

const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Checks the options, all of them at once. Throws `DEFINITION_INVALID`. */
export function kubernetesSpec(given: KubernetesOptions<string>): KubernetesSpec {
  const options: KubernetesOptions<string> = isObject(given) ? given : ({} as KubernetesOptions<string>);
  const { cluster, namespace, createNamespace = false, history = 5, force = false, timeout = "2m" } = options;
  const { traffic = replicas(), counts, scheduling = "5m" } = options;
  const problems = [...unknownOptions(options, ["cluster", ...TARGET_OPTIONS])];
  const hasCluster = isObject(cluster) && typeof cluster.connect === "function";
  if (!hasCluster) problems.push("cluster must be a way into a cluster, such as kubeconfig() or eks()");
  const name = options.name ?? (hasCluster ? nameOf(cluster.name, namespace) : "");
  if (hasCluster && !(typeof name === "string" && LABEL.test(name))) {
    problems.push(`name must be 1 to 63 letters, digits, "-", "_" or ".", not ${JSON.stringify(name)}`);
  }
  if (namespace !== undefined && !(typeof namespace === "string" && NAMESPACE.test(namespace))) {
    problems.push(`namespace must be a DNS label, not ${JSON.stringify(namespace)}`);
  }
  if (!Number.isInteger(history) || history < 1) {
    problems.push(`history must be a whole number of at least 1, not ${String(history)}`);
  }
  const duration = (option: string, given: Duration): number => {
    const ms = parseDuration(given);
    if (ms === undefined || ms < 1)
      problems.push(`${option} must be a duration such as "2m", not ${JSON.stringify(given)}`);
    return Math.round(ms ?? 0);
  };
  const times = { timeout: duration("timeout", timeout), scheduling: duration("scheduling", scheduling) };
  for (const [key, value] of Object.entries({ createNamespace, force })) {
    if (typeof value !== "boolean") problems.push(`${key} must be true or false`);
  }
  if (counts !== undefined && typeof counts !== "function" && !isProvider(counts))
    problems.push(
      "counts must be a function or a source of counts, such as prometheus({ ... }).counts({ ... })",
    );
  if (options.requires !== undefined && !isListOfTexts(options.requires))
    problems.push(`requires must list the names of gates, not ${JSON.stringify(options.requires)}`);
  checkTraffic(traffic, problems);
  if (problems.length > 0) {
    throw new SluiceError("DEFINITION_INVALID", `kubernetes target: ${problems.join("; ")}`, {
      hint: 'Write it like kubernetes({ cluster: kubeconfig(), namespace: "shop" }).',
    });
  }
  return {
    name,
    app: options.name ?? null,
    cluster: { kind: cluster.kind, name: cluster.name, spec: cluster.spec },
    namespace: namespace ?? null,
    createNamespace,
    traffic: traffic.spec,
    history,
    force,
    ...times,
    ...(options.timeout === undefined ? {} : { timeoutGiven: true as const }),
    counts: counts === undefined ? null : countsSpec(counts),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isProvider(counts: unknown): boolean {
  if (!isObject(counts)) return false;
  const { kind, open } = counts as Partial<CountProvider>;
  return typeof kind === "string" && typeof open === "function";
}

function countsSpec(counts: CountProvider | CountsFrom): CountsSpec {
  return typeof counts === "function" ? { kind: "function" } : { kind: counts.kind, spec: counts.spec };
}

/** A cluster's name as a label can hold it: an ARN, or a context such as `user@host`, cannot stand there as it is. */
function nameOf(cluster: string, namespace: string | undefined): string {
  const short = cluster.split("/").at(-1) ?? cluster;
  const whole = namespace === undefined ? short : `${short}-${namespace}`;
  return whole
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, 63)
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}

function checkTraffic(given: unknown, problems: string[]): void {
  const traffic = isObject(given) ? (given as Partial<Traffic>).spec : undefined;
  if (traffic === undefined) {
    problems.push("traffic must be replicas() or gateway()");
  } else if (traffic.kind === "gateway" && traffic.parents.length === 0) {
    problems.push("traffic: gateway() needs at least one Gateway in parents");
  }
}

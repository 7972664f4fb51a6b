import type { ResolvedApp } from "../../../ports/index.ts";
import { at, list } from "../readiness/object.ts";
import type { KubeObject } from "../api/types.ts";
import type { ServiceContent } from "../release/types.ts";

type Loose = Readonly<Record<string, unknown>>;

/**
 * A service whose unknown values are filled in where a field takes no word that stands for one (a number, a quantity):
 * with those of the live release, or left out where it says nothing of them. `filled` says so, field by field.
 */
export function fillTyped(
  app: ResolvedApp,
  live: ServiceContent | undefined,
): { readonly app: ResolvedApp; readonly filled: readonly string[] } {
  const { unknown = {} } = app;
  const filled: string[] = [];
  const fill = (value: unknown, path: readonly string[]): unknown => {
    if (typeof value === "string") {
      const what = unknown[value];
      if (what === undefined || !isTyped(path)) return value;
      const now = live && liveValue(live, path);
      const shown = now ?? leastValue(app, path);
      const how =
        shown === undefined
          ? "left out here"
          : `taken as ${JSON.stringify(shown)}${now === undefined ? "" : ", as it is now"}`;
      filled.push(`${path.filter((key) => key !== "cluster").join(".")} will come from ${what}: ${how}`);
      return shown;
    }
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item, index) => fill(item, [...path, String(index)]));
    const members = Object.entries(value).map(
      ([key, member]) => [key, fill(member, [...path, key])] as const,
    );
    return Object.fromEntries(members.filter(([, member]) => member !== undefined));
  };
  return { app: { ...app, spec: fill(app.spec, []) as ResolvedApp["spec"] }, filled };
}

function liveValue({ replicas, workload, stable }: ServiceContent, path: readonly string[]): unknown {
  const [first, second, ...rest] = path;
  if (first === "replicas") return replicas;
  if (second === "resources") {
    const [container] = list(workload, "spec", "template", "spec", "containers");
    return at(container, "resources", ...rest);
  }
  const autoscaler = stable.find(({ kind }) => kind === "HorizontalPodAutoscaler");
  return at(autoscaler, "spec", rest[0] === "min" ? "minReplicas" : "maxReplicas");
}

/** For numbers that there must be: the smallest that makes sense beside the others. */
function leastValue({ spec }: ResolvedApp, path: readonly string[]): unknown {
  if (path[1] === "resources") return undefined;
  const min = path.at(-1) === "max" ? at(spec, "cluster", "autoscale", "min") : undefined;
  return typeof min === "number" ? min : 1;
}

function isTyped([first, second]: readonly string[]): boolean {
  return first === "replicas" || (first === "cluster" && (second === "resources" || second === "autoscale"));
}

/**
 * The values of secrets that the live release was made with, by name. A plan asks no vault: that a value has not changed
 * is the likeliest that can be said, and it leaves the names of Secrets, which go by their content, as they are.
 */
export function liveSecrets(
  app: ResolvedApp,
  name: string,
  configuration: readonly KubeObject[],
): Record<string, string> {
  const spec = app.spec as Loose;
  const values: Record<string, string> = {};
  const take = (base: string, names: unknown): void => {
    const held = configuration.find(
      ({ kind, metadata }) =>
        kind === "Secret" &&
        /^-[0-9a-f]{16}$/.test(metadata.name.slice(base.length)) &&
        metadata.name.startsWith(base),
    );
    const data = (held?.["data"] ?? {}) as Readonly<Record<string, string>>;
    for (const [variable, secret] of Object.entries((names ?? {}) as Loose)) {
      const called = (secret as { readonly $secret?: string }).$secret;
      const value = data[variable];
      if (called !== undefined && value !== undefined)
        values[called] ??= Buffer.from(value, "base64").toString();
    }
  };
  take(name, spec["secrets"]);
  const hooks = ((spec["cluster"] as Loose | undefined)?.["hooks"] ?? {}) as Readonly<
    Record<string, unknown>
  >;
  for (const job of [hooks["before"], hooks["after"]].flat() as readonly (Loose | undefined)[]) {
    if (job !== undefined) take(`${name}-${String(job["name"])}`, job["secrets"]);
  }
  return values;
}

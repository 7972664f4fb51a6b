import type { ListQuery, ObjectRef } from "../api/types.ts";
import { at, type LiveObject } from "../readiness/object.ts";

/** What to watch to see these objects of one kind and namespace, and little else. */
export function queryFor(refs: readonly ObjectRef[]): ListQuery {
  const [first] = refs;
  const place = first?.namespace === undefined ? {} : { namespace: first.namespace };
  const same = refs.every(({ name }) => name === first?.name);
  return same && first !== undefined ? { ...place, fields: `metadata.name=${first.name}` } : place;
}

/** What to watch to see the pods of these workloads of one namespace: by the labels that all of their selectors share. */
export function podQuery(namespace: string, workloads: readonly LiveObject[]): ListQuery {
  const selectors = workloads.map((workload) => labelsOf(workload));
  const shared = Object.entries(selectors[0] ?? {}).filter(([name, value]) =>
    selectors.every((labels) => labels[name] === value),
  );
  if (shared.length === 0) return { namespace };
  return {
    namespace,
    labels: shared
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join(","),
  };
}

/** What every pod of a workload carries. */
function labelsOf(workload: LiveObject): Readonly<Record<string, string>> {
  const selector = at(workload, "spec", "selector", "matchLabels") ?? {};
  return selector as Readonly<Record<string, string>>;
}

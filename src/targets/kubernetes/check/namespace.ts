import type { TargetCheck } from "../../../ports/index.ts";
import { explainFault } from "../apply/explain.ts";
import { readPermissions } from "../apply/permissions.ts";
import type { OpenCluster } from "../place.ts";

const what = "namespace";

/** Whether the namespace is there, or will be made. */
export async function checkNamespace({ api, namespace }: OpenCluster, create: boolean): Promise<TargetCheck> {
  const kind = { apiVersion: "v1", kind: "Namespace" } as const;
  try {
    if ((await api.get({ ...kind, name: namespace })) !== undefined)
      return { what, state: "ok", detail: `${namespace} is there` };
  } catch (error) {
    if (explainFault({ ...kind, name: namespace }, error)?.code !== "CLUSTER_DENIED") throw error;
    const detail = `we may not look whether ${namespace} is there`;
    if (!create) return { what, state: "skipped", detail };
    const hint = "Be allowed to get namespaces, or have it made and leave createNamespace out.";
    return { what, state: "failed", detail: `${detail}, which createNamespace does first`, hint };
  }
  if (!create) {
    const hint = "Make it, or give the target createNamespace: true.";
    return { what, state: "failed", detail: `${namespace} is not there`, hint };
  }
  const [denied] = await readPermissions(api, [{ ...kind, verb: "create" }]);
  if (denied === undefined) return { what, state: "ok", detail: `${namespace} will be made` };
  const hint = "Have it made, or be allowed to create namespaces.";
  return { what, state: "failed", detail: `${namespace} is not there, and we may not make it`, hint };
}

import type { TargetCheck } from "../../../ports/index.ts";
import { explainFault } from "../apply/explain.ts";
import type { OpenCluster } from "../place.ts";
import type { GatewayParent } from "../spec.ts";

const what = "gateways";

/** Whether the Gateways of the route are there. A deploy can do without reading them, so not being allowed to is no failure. */
export async function checkGateways(
  { api, namespace }: OpenCluster,
  parents: readonly GatewayParent[],
): Promise<TargetCheck> {
  const kind = { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway" } as const;
  const missing: string[] = [];
  const hidden: string[] = [];
  for (const parent of parents) {
    const ref = { ...kind, name: parent.name, namespace: parent.namespace ?? namespace };
    const shown = `${ref.namespace}/${ref.name}`;
    try {
      if ((await api.get(ref)) === undefined) missing.push(shown);
    } catch (error) {
      if (explainFault(ref, error)?.code !== "CLUSTER_DENIED") throw error;
      hidden.push(shown);
    }
  }
  const hint = "Name the Gateway that requests come in by: kubectl get gateways --all-namespaces.";
  if (missing.length > 0)
    return { what, state: "failed", detail: `there is no Gateway ${missing.join(", ")}`, hint };
  if (hidden.length > 0)
    return { what, state: "skipped", detail: `we may not look at Gateway ${hidden.join(", ")}` };
  const names = parents.map(({ name }) => name).join(", ");
  return { what, state: "ok", detail: `${names} ${parents.length === 1 ? "is" : "are"} there` };
}

import type { ClusterRolloutPlace } from "../../../../src/testing/index.ts";
import { labCluster } from "../client.ts";
import { makeNamespace, removeNamespace } from "../lab-api.ts";

/** A service account that kubeconfigs and pods of the suites have. */
export const ACCOUNT = "system:serviceaccount:default:default";

/** Of played pods that take a moment to become ready, so that there is something to wait for. */
export function rolloutPlace(namespace: string): ClusterRolloutPlace {
  return { namespace, image: "lab.local/web:1", path: "/healthz", annotations: { "lab/after": "1s" } };
}

/** A namespace in which whom the suites' providers let in may deploy. Gives the way to remove it. */
export async function openRolloutPlace(namespace: string): Promise<() => Promise<void>> {
  await makeNamespace(namespace);
  await labCluster()("POST", `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "deployers" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" },
    subjects: [
      { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "prov-deployers" },
      { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: ACCOUNT },
    ],
  });
  return () => removeNamespace(namespace);
}

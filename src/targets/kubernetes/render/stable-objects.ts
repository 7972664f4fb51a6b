import type { KubeObject } from "../api/types.ts";
import { labelsOf } from "./names.ts";
import { patched } from "./patched.ts";
import type { ServiceApp } from "./reading.ts";
import { LABELS, type AppIdentity } from "./types.ts";

/** What follows the stable release: the PodDisruptionBudget and the autoscaler. */
export function stableObjects(
  app: ServiceApp,
  identity: AppIdentity,
  workload: string,
): readonly KubeObject[] {
  const metadata = { name: identity.name, namespace: identity.namespace, labels: labelsOf(identity) };
  const objects: KubeObject[] = [];
  const { autoscale, disruption, patch } = app;
  // With one replica alone, a budget would keep its node from ever being emptied.
  if (disruption !== null && (autoscale?.min ?? app.replicas) > 1) {
    const budget: KubeObject = {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata,
      spec: {
        maxUnavailable: disruption,
        // Pods that are broken anyway hold up nobody.
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: { matchLabels: { [LABELS.app]: identity.name } },
      },
    };
    objects.push(patched(budget, patch.disruptionBudget));
  }
  if (autoscale !== null) {
    const target = { type: "Utilization", averageUtilization: autoscale.cpu };
    const autoscaler: KubeObject = {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: workload },
        minReplicas: autoscale.min,
        maxReplicas: autoscale.max,
        metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
      },
    };
    objects.push(patched(autoscaler, patch.autoscaler));
  }
  return objects;
}

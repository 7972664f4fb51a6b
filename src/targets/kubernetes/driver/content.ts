import type { KubeObject } from "../api/types.ts";
import { list, text, count } from "../readiness/object.ts";
import { type RenderedService, workloadName } from "../render/types.ts";
import type { Ports } from "../traffic/router.ts";
import type { ServiceContent } from "../release/types.ts";

/** What a service's release consists of under one revision number. */
export function contentOf(rendered: RenderedService, revision: number, replicas: number): ServiceContent {
  const workload = rendered.workload(revision, replicas);
  return {
    kind: "service",
    digest: rendered.digest,
    replicas,
    startup: rendered.startup,
    ports: portsOf(rendered, workload),
    configuration: rendered.configuration,
    workload,
    stable: rendered.stableObjects(workloadName(rendered.identity.name, revision)),
  };
}

/** By its name where the container's port has one: two revisions behind one Service may listen on different ports. */
function portsOf({ port, containerPort }: RenderedService, workload: KubeObject): Ports {
  const containers = list(workload, "spec", "template", "spec", "containers");
  const named = containers
    .flatMap((container) => list(container, "ports"))
    .find((one) => count(one, "containerPort") === containerPort && text(one, "name") !== "");
  const targetPort = named === undefined ? containerPort : text(named, "name");
  return [{ name: "http", port, protocol: "TCP", targetPort }];
}

/** Whether an autoscaler decides how many replicas the stable release has. */
export function isAutoscaled(stable: readonly KubeObject[]): boolean {
  return stable.some(isAutoscaler);
}

export function isAutoscaler({ kind }: { readonly kind: string }): boolean {
  return kind === "HorizontalPodAutoscaler";
}

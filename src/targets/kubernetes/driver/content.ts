import type { KubeObject } from "../api/types.ts";
import { type RenderedService, workloadName } from "../render/types.ts";
import type { Front, Ports } from "../traffic/router.ts";
import type { ServiceContent } from "../release/types.ts";

/** What a service's release consists of under one revision number. */
export function contentOf(rendered: RenderedService, revision: number, replicas: number): ServiceContent {
  return {
    kind: "service",
    digest: rendered.digest,
    replicas,
    startup: rendered.startup,
    ...frontOf(rendered),
    configuration: rendered.configuration,
    workload: rendered.workload(revision, replicas),
    stable: rendered.stableObjects(workloadName(rendered.identity.name, revision)),
  };
}

/** A Service's ports. By the name that every container's port has: two revisions may listen on different ones. */
export function portsOf({ port }: RenderedService): Ports {
  return [{ name: "http", port, protocol: "TCP", targetPort: "http" }];
}

/** What the release says of its Service. */
export function frontOf(rendered: RenderedService): Front {
  const { service } = rendered;
  return { ports: portsOf(rendered), ...(service === undefined ? {} : { service }) };
}

/** Whether an autoscaler decides how many replicas the stable release has. */
export function isAutoscaled(stable: readonly KubeObject[]): boolean {
  return stable.some(isAutoscaler);
}

export function isAutoscaler({ kind }: { readonly kind: string }): boolean {
  return kind === "HorizontalPodAutoscaler";
}

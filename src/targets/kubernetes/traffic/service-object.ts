import type { KubeObject } from "../api/types.ts";
import { LABELS } from "../render/types.ts";
import type { Ports } from "./router.ts";

/** On the Service (or the route): what weight was asked for last. */
export const WEIGHT_ANNOTATION = "sluice.dev/weight";

/** A Service before the pods of an app: of one revision, or of all. */
export function serviceObject(service: {
  readonly name: string;
  readonly namespace: string;
  readonly app: string;
  readonly revision: number | undefined;
  readonly ports: Ports;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}): KubeObject {
  const { name, namespace, app, revision, ports, labels, annotations } = service;
  const one = revision === undefined ? {} : { [LABELS.revision]: String(revision) };
  // The app's name is a label that pods of others may carry too; that of the target is ours, and on all pods of ours.
  const { [LABELS.target]: target } = labels;
  const ours = target === undefined ? {} : { [LABELS.target]: target };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, labels, ...(annotations === undefined ? {} : { annotations }) },
    spec: { selector: { [LABELS.app]: app, ...ours, ...one }, ports },
  };
}

/** The address of a Service inside the cluster. */
export function serviceUrl(name: string, namespace: string, ports: Ports): string {
  const port = Number(ports[0]?.["port"] ?? 80);
  return `http://${name}.${namespace}.svc${port === 80 ? "" : `:${port}`}`;
}

/** Names a bundle where an address is asked for: it may answer nobody. */
export function bundleUrl(app: string, namespace: string): string {
  return `kubernetes://${namespace}/${app}`;
}

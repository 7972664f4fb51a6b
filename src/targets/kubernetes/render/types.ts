import type { KubeObject } from "../api/types.ts";

/** Where an app goes, and by whom. */
export interface AppIdentity {
  /** Of the app and its Service: a DNS label. */
  readonly name: string;
  readonly namespace: string;
  /** The target's name. */
  readonly target: string;
  readonly pipeline: string;
}

/** What rendering needs besides the app. */
export interface RenderOptions {
  /** Kept in the namespace, see `readSalt` and `ensureSalt`. */
  readonly salt: string;
}

/** A `service()` as objects of a cluster. */
export interface RenderedService {
  readonly identity: AppIdentity;
  /** What makes two releases the same: everything of it but the number of replicas. */
  readonly digest: string;
  /** How many replicas the whole release has. */
  readonly replicas: number;
  /** The port of the Service. */
  readonly port: number;
  /** What is merged over the Service `<app>`. Absent: nothing. */
  readonly service?: Readonly<Record<string, unknown>>;
  /** How long a new replica may take to be ready: milliseconds. */
  readonly startup: number;
  /** Needed by the pods and named by their content or shared by all releases: ConfigMaps, Secrets, the ServiceAccount. */
  readonly configuration: readonly KubeObject[];
  /** Follow the stable release: the PodDisruptionBudget, and the autoscaler where one is asked for. */
  stableObjects(workload: string): readonly KubeObject[];
  /** The Deployment of one revision. Pods carry {@link LABELS}. */
  workload(revision: number, replicas: number): KubeObject;
  /** Run to their end before the workload (migrations), and after it. */
  readonly before: readonly RenderedJob[];
  readonly after: readonly RenderedJob[];
}

export interface RenderedJob {
  readonly name: string;
  /** What it did cannot be undone by going back to an earlier release. */
  readonly forwardOnly: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly object: KubeObject;
}

/** What is not a service: objects that are applied as they are, and roll out by themselves. */
export interface RenderedBundle {
  readonly digest: string;
  readonly objects: readonly KubeObject[];
  /** What may be removed once it is no longer among the objects. @defaultValue "safe" */
  readonly prune?: "safe" | "all" | "none";
}

/** On every object of ours. Selectors of Deployments use the first two, those of Services the first three. */
export const LABELS = {
  app: "app.kubernetes.io/name",
  revision: "sluice.dev/revision",
  target: "sluice.dev/target",
  pipeline: "sluice.dev/pipeline",
  managedBy: "app.kubernetes.io/managed-by",
  /** On what belongs to a fresh baseline. */
  baseline: "sluice.dev/baseline",
} as const;

/** The Deployment of a revision. */
export function workloadName(app: string, revision: number): string {
  return `${app}-r${revision}`;
}

/** The Deployment of a revision's fresh baseline. Pods of both names begin with the revision's own. */
export function baselineName(app: string, revision: number): string {
  return `${workloadName(app, revision)}-baseline`;
}

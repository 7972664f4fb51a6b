import type { KubeObject, ObjectRef } from "../api/types.ts";

/** The field manager of all that we write. */
export const MANAGER = "sluice";

/** How a release stands: `pending` from its first change on, `live` once it is the stable one. */
export type ReleaseState = "pending" | "live" | "retired" | "aborted";

export const RELEASE_STATES = ["pending", "live", "retired", "aborted"] as const;

/** What is known of a release at a glance. Times are milliseconds since 1970. */
export interface ReleaseHeader {
  readonly revision: number;
  readonly digest: string;
  readonly run: string;
  readonly pipeline: string;
  readonly createdAt: number;
  readonly state: ReleaseState;
  /** Of the whole release. */
  readonly replicas: number;
  /** Of the lease under which it was written last. */
  readonly fence: number;
  /** The revision that was live when it first began. */
  readonly from: number | null;
  /** How many replicas that one had then: an autoscaler may have given it more than its own record says. */
  readonly fromReplicas: number;
  /** When it became live, the last time. */
  readonly promotedAt: number | null;
  /** How long the release before it is kept at full size from then on: milliseconds. */
  readonly keepOld: number;
  /** Set while a release that was retired is being brought back: taking it back then retires it again. */
  readonly returning: boolean;
  /** The revision whose content this one brings back. Absent where it has its own, and in records of before it was kept. */
  readonly restores?: number;
  /** Jobs that have been begun and whose work going back does not undo. */
  readonly forwardOnly: readonly string[];
  /** Jobs that have ended well. Absent in records of before there were any. */
  readonly done?: readonly string[];
  /** Why it was taken back, or is no longer live. */
  readonly reason: string | null;
  /** Configuration that it needs, so that pruning spares what another release still uses. */
  readonly configuration: readonly ObjectRef[];
}

/** An object as it was before a release touched it. */
export interface Touched {
  readonly ref: ObjectRef;
  /** The fields that were ours; undefined where there was no such object. */
  readonly fields: KubeObject | undefined;
}

/** All that makes a release, so that it can be brought back without the pipeline that made it. */
export type ReleaseContent = ServiceContent | BundleContent | HelmContent;

/** Of a `service()`. */
export interface ServiceContent {
  readonly kind: "service";
  readonly digest: string;
  readonly replicas: number;
  /** How long a new replica may take to be ready: milliseconds. */
  readonly startup: number;
  /** The Service's ports; its selector is the traffic router's. */
  readonly ports: readonly Readonly<Record<string, unknown>>[];
  /** What is merged over the Service `<app>`. Absent: nothing. */
  readonly service?: Readonly<Record<string, unknown>>;
  readonly configuration: readonly KubeObject[];
  readonly workload: KubeObject;
  /** What follows the stable release: disruption budget, autoscaler. */
  readonly stable: readonly KubeObject[];
}

/** Of manifests: objects that roll out by themselves. */
export interface BundleContent {
  readonly kind: "bundle";
  readonly digest: string;
  readonly objects: readonly KubeObject[];
  /** What may be removed once it is no longer among the objects. @defaultValue "safe" */
  readonly prune?: "safe" | "all" | "none";
}

/** Of a chart: Helm itself keeps what its revisions consist of. */
export interface HelmContent {
  readonly kind: "helm";
  readonly digest: string;
  /** Helm's name for it. */
  readonly release: string;
  /** Of one move of Helm's: milliseconds. */
  readonly timeout: number;
  /** Helm's revision that was deployed when it began; null where there was none. */
  readonly before: number | null;
  /** Whether there was no release of this name at all, so that taking it back leaves none. */
  readonly first: boolean;
  /** Helm's revision that this one became; null until it has. */
  readonly revision: number | null;
}

/** What a record keeps besides its header. */
export interface ReleasePayload {
  readonly before: readonly Touched[];
  /** What exists for this release alone, and goes when it is forgotten. */
  readonly made: readonly ObjectRef[];
  readonly content: ReleaseContent;
}

/** A record as it is in the cluster. */
export interface StoredRelease {
  readonly header: ReleaseHeader;
  /** The Secret, for what is replaced next; its `resourceVersion` is the precondition. */
  readonly secret: KubeObject;
}

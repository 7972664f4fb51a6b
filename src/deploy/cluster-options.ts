import type { Input } from "../model/index.ts";
import type { ServiceJob } from "./job.ts";
import type { PatchOptions } from "./patch.ts";

/**
 * Quantities as Kubernetes writes them: `"250m"`, `"512Mi"`, `2`. A number alone counts processors, or bytes; `m` is a
 * thousandth of either, `k`, `M` and `G` are powers of 1,000, `Ki`, `Mi` and `Gi` of 1,024.
 */
export type Quantity = Input<string | number>;

/** What each replica asks of a node. */
export interface ResourceOptions {
  /** Processors that are kept for it, `"250m"` is a quarter of one; at least `"1m"`. @defaultValue "100m" */
  readonly cpu?: Quantity;
  /**
   * Bytes of memory that are kept for it, `"512Mi"` for example, and the most that it may use unless `limits` says
   * otherwise; at least `"1Mi"`. @defaultValue "256Mi"
   */
  readonly memory?: Quantity;
  /** The most that it may use; others than memory have no limit by default. `nvidia.com/gpu` and the like stand here. */
  readonly limits?: Readonly<Record<string, Quantity>>;
}

/** A HorizontalPodAutoscaler (autoscaling/v2), which follows the stable release. */
export interface AutoscaleOptions {
  /** @defaultValue `replicas` */
  readonly min?: Input<number>;
  readonly max: Input<number>;
  /** Per cent of the requested processors that replicas use on average. @defaultValue 80 */
  readonly cpu?: number;
}

/** The ServiceAccount that pods run as. */
export interface AccountOptions {
  /** For example `{ "eks.amazonaws.com/role-arn": "arn:aws:iam::…" }`, the identity at the cloud. */
  readonly annotations?: Readonly<Record<string, Input<string>>>;
  /** Whether pods are given a token of the cluster's API. @defaultValue false */
  readonly token?: boolean;
}

/** Files that pods find, filled in before the release starts. */
export interface ConfigOptions {
  /**
   * Texts by the absolute path at which a pod finds them. `$NAME` and `${NAME}` are replaced as `envsubst` does, but for one
   * thing: a variable that is not set fails the deploy.
   */
  readonly files: Readonly<Record<string, Input<string>>>;
  /** What they are filled in with. @defaultValue `env` */
  readonly variables?: Readonly<Record<string, Input<string | number>>>;
  /** The variables that are filled in; every other `$NAME` stays as it is. @defaultValue all */
  readonly only?: readonly string[];
}

/** How replicas are kept apart: where it can be done, where it must be or the pod waits, or not at all. */
export type Spread = "prefer" | "require" | false;

export interface SpreadOptions {
  /** @defaultValue "prefer" */
  readonly zone?: Spread;
  /** @defaultValue "prefer" */
  readonly host?: Spread;
}

/**
 * What pods may do. The defaults pass Kubernetes' Pod Security level `restricted`; what loosens them here, a namespace may
 * refuse.
 */
export interface SecurityOptions {
  /** Number of the user; needed where the image names its user by a word. @defaultValue the image's */
  readonly runAsUser?: number;
  /** @defaultValue the image's */
  readonly runAsGroup?: number;
  /** Number of the group that owns mounted volumes. @defaultValue none */
  readonly fsGroup?: number;
  /** Refuses to start as root. @defaultValue true */
  readonly runAsNonRoot?: boolean;
  /** @defaultValue true */
  readonly readOnlyRootFilesystem?: boolean;
  /** Folders that can be written, empty at the start. @defaultValue ["/tmp"] */
  readonly writable?: readonly string[];
  /** Linux capabilities that are added, without `CAP_`. @defaultValue none */
  readonly capabilities?: readonly string[];
}

export interface ImagePullOptions {
  /** Names of Secrets of type `kubernetes.io/dockerconfigjson` in the namespace. */
  readonly secrets?: readonly string[];
  /** @defaultValue what Kubernetes does: `Always` for a tag `latest`, else `IfNotPresent` */
  readonly policy?: "Always" | "IfNotPresent" | "Never";
}

/** Jobs that a release runs, one after the other. */
export interface HookOptions<Job extends ServiceJob = ServiceJob> {
  /** Before the new release starts. A failed one fails the release. */
  readonly before?: readonly Job[];
  /** Once the new release has all traffic. A failed one fails the release, which is taken back. */
  readonly after?: readonly Job[];
}

/** What only clusters read of a `service()`. */
export interface ClusterOptions<Job extends ServiceJob = ServiceJob> {
  readonly resources?: ResourceOptions;
  /** @defaultValue none: `replicas` stay as many as they are */
  readonly autoscale?: AutoscaleOptions;
  /**
   * How many replicas may be missing while nodes are emptied: a number or per cent such as `"25%"`; false for no
   * PodDisruptionBudget. One replica alone never has one, because its node could not be emptied. @defaultValue 1
   */
  readonly disruption?: number | string | false;
  /** How pods are known to others, or the name of a ServiceAccount that is there already. @defaultValue an account of its own */
  readonly account?: string | AccountOptions;
  readonly config?: ConfigOptions;
  readonly spread?: SpreadOptions | false;
  readonly security?: SecurityOptions;
  readonly imagePull?: ImagePullOptions;
  readonly hooks?: HookOptions<Job>;
  /** Labels of the Deployment and its pods. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the Deployment and its pods. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** What no other option says, merged last over the objects in the cluster. @defaultValue nothing */
  readonly patch?: PatchOptions;
}

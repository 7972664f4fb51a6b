import type { KubeObject, ObjectRef } from "../api/types.ts";

/** Who applies, and what belongs together. */
export interface ApplyScope {
  /** The field manager. Always the same for one app, so that fields left out later are removed. */
  readonly manager: string;
  /** Objects without a namespace of their own go here. */
  readonly namespace: string;
  /** The ApplySet: the name of its parent, a Secret in `namespace`. */
  readonly set: string;
  /** Takes over fields that others own. */
  readonly force: boolean;
  /**
   * What may be removed once it is no longer among the objects. `safe`: all but what holds data or other people's
   * objects (PersistentVolumeClaim, PersistentVolume, Namespace, CustomResourceDefinition); these stay members of the
   * set, so that a later `all` finds them. @defaultValue "safe"
   */
  readonly prune?: "safe" | "all" | "none";
}

export interface ApplyOptions {
  readonly signal: AbortSignal;
  /** Told of each object that was created or configured, and of what could not be validated beforehand. */
  readonly report: (text: string) => void;
  /** Takes secrets out of what the server says. @defaultValue nothing is taken out but the objects' own Secrets */
  readonly mask?: (text: string) => string;
}

/** An object that has been applied. */
export interface Applied {
  readonly ref: ObjectRef;
  /** As the server returned it. */
  readonly object: KubeObject;
  /** As {@link judgeReadiness} compares it; undefined where the kind counts none. */
  readonly generation: number | undefined;
  readonly change: "created" | "configured" | "unchanged";
  /** Why it could be validated only after something else had been changed; absent where it was validated before. */
  readonly late?: string;
}

/** What applying an object would do. Values of Secrets are never in it. */
export interface ObjectPreview {
  readonly ref: ObjectRef;
  readonly change: "create" | "update" | "unchanged" | "remove" | "refused";
  /** Changed fields, by path as in `spec.replicas`; values as compact JSON. Empty for what is created. */
  readonly fields: readonly { readonly path: string; readonly from?: string; readonly to?: string }[];
  readonly conflicts: readonly FieldConflict[];
  /** Why the server would refuse it. */
  readonly problem?: string;
  /** Why the server could not be asked yet: the rest is then what the manifest says. */
  readonly late?: string;
}

export interface FieldConflict {
  readonly path: string;
  /** The other field manager. */
  readonly owner: string;
}

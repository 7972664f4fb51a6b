import type { LiveObject } from "../readiness/object.ts";

/** An object as the API speaks of it: raw JSON, so that fields that this version does not know survive. */
export interface KubeObject extends LiveObject {
  readonly metadata: KubeMetadata;
  readonly [field: string]: unknown;
}

export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly Readonly<Record<string, unknown>>[];
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly ManagedFields[];
}

/** Who set which fields. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource?: string;
  readonly time?: string;
  /** Source: structured-merge-diff's FieldsV1: keys `f:<field>`, `k:<key of a list item>`, `v:<value>`, `.`. */
  readonly fieldsV1: Readonly<Record<string, unknown>>;
}

export interface KindRef {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Names one object. `namespace` is absent for kinds of the whole cluster. */
export interface ObjectRef extends KindRef {
  readonly name: string;
  readonly namespace?: string;
}

/** What discovery says of a kind. */
export interface ApiResource {
  /** The plural in URLs. */
  readonly name: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export interface ListQuery {
  /** Absent: all namespaces, or a kind of the whole cluster. */
  readonly namespace?: string;
  readonly labels?: string;
  readonly fields?: string;
}

export interface WriteOptions {
  /** Asks what would come of it; nothing changes. @defaultValue false */
  readonly dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  readonly manager: string;
  /** Takes fields over from other managers. @defaultValue false */
  readonly force?: boolean;
}

export interface RemoveOptions extends WriteOptions {
  /** @defaultValue "Background" */
  readonly propagation?: "Background" | "Foreground" | "Orphan";
  /** Only if it still is this very object. */
  readonly uid?: string;
  /** Only if nobody has changed it since. */
  readonly resourceVersion?: string;
}

/**
 * One cluster's API server, for as long as one deploy takes. Rejects with an {@link ApiFault}. Requests that may be
 * repeated are, with what `Retry-After` says; a 401 has the credentials refreshed once.
 */
export interface ClusterApi {
  /** In words, for messages. */
  readonly cluster: string;
  /** Throws `MANIFEST_INVALID` for a kind that the server does not have. Discovery is asked once per group. */
  resource(kind: KindRef): Promise<ApiResource>;
  get(ref: ObjectRef): Promise<KubeObject | undefined>;
  list(kind: KindRef, query?: ListQuery): Promise<readonly KubeObject[]>;
  create(object: KubeObject, options?: WriteOptions & { readonly manager?: string }): Promise<KubeObject>;
  /** Puts the whole object; refused with a conflict where its `resourceVersion` is no longer the newest. */
  replace(object: KubeObject, options?: WriteOptions & { readonly manager?: string }): Promise<KubeObject>;
  /** Server-side apply. */
  apply(object: KubeObject, options: ApplyOptions): Promise<KubeObject>;
  /** JSON merge patch (RFC 7396), of a subresource such as `scale` where one is named. */
  merge(
    ref: ObjectRef,
    patch: Readonly<Record<string, unknown>>,
    options?: WriteOptions & { readonly manager?: string; readonly subresource?: string },
  ): Promise<KubeObject>;
  /** False where there was nothing to remove. */
  remove(ref: ObjectRef, options?: RemoveOptions): Promise<boolean>;
  /** All objects of a kind as they are from now on: one list and one watch, shared by all who ask for the same. */
  watch(kind: KindRef, query?: ListQuery): ObjectWatch;
  /** The end of a container's log. `undefined` where there is none (any more). */
  logTail(
    pod: ObjectRef,
    options: { readonly container?: string; readonly lines: number; readonly previous?: boolean },
  ): Promise<string | undefined>;
  /** Any other request: an access review, for example. Gives the answer's JSON. */
  request(method: "GET" | "POST", path: string, body?: unknown): Promise<unknown>;
  /** How many requests were sent so far, repetitions included. */
  readonly requests: number;
  /** Ends watches and connections. */
  close(): void;
}

/** The objects of one kind and selection, kept current by a watch. */
export interface ObjectWatch {
  /** Resolves when the first list is there; rejects if it cannot be had. */
  readonly synced: Promise<void>;
  /** As last seen, without `managedFields`; by `namespace/name`. */
  readonly objects: ReadonlyMap<string, KubeObject>;
  /** Called after each change, with what changed and what it has become; `undefined` where it is gone. Gives the way to stop. */
  onChange(listener: (key: string, object: KubeObject | undefined) => void): () => void;
  /** Rejects when the watch can no longer be kept (denied, for example); pending until then. */
  readonly broken: Promise<never>;
  close(): void;
}

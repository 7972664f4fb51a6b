import type { Artifact, Json, PlanNode } from "../model/index.ts";
import type { StoreContext } from "./run-store.ts";

/**
 * What jobs left when they ran with the same inputs. Never rejects: whatever goes wrong is a miss that says so, since a
 * job can always be run.
 */
export interface NodeCache {
  /** Looks a job up. At a hit its artifacts stand in the root already, each file verified. */
  lookup(request: CacheRequest): Promise<CacheAnswer>;
  /** Tells that a node has run, whether it is cached or not: files may be others now. */
  ran(node: PlanNode): void;
  /** Keeps what a job left. Gives a warning where it could not. */
  keep(key: string, entry: CacheEntry): Promise<string | undefined>;
  /** Waits for what is still on its way to a remote cache. Gives warnings. */
  close(): Promise<readonly string[]>;
}

export interface CacheRequest {
  readonly run: string;
  readonly node: PlanNode;
  /** What it runs, with refs replaced by their values and secrets as `{ $secret: name }`. */
  readonly spec: Json;
  /** The artifacts of the nodes that it needs. */
  readonly upstream: readonly Artifact[];
}

export type CacheAnswer =
  | {
      readonly hit: true;
      readonly key: string;
      readonly where: "local" | "remote";
      /** The run that left it. */
      readonly run: string;
      readonly output: Json | undefined;
      readonly artifacts: readonly Artifact[];
      /** What the job printed then, masked. */
      readonly log: AsyncIterable<Uint8Array>;
      /** Milliseconds that the job took then. */
      readonly took: number;
      readonly warning?: string;
    }
  | {
      readonly hit: false;
      /** Absent where none could be made: what the job leaves is then not kept. */
      readonly key?: string;
      /** In words: what differs from the last time, or that nothing is known of it. */
      readonly reason: string;
      readonly warning?: string;
    };

export interface CacheEntry {
  readonly run: string;
  readonly node: PlanNode;
  readonly output: Json | undefined;
  readonly artifacts: readonly Artifact[];
  /** Milliseconds. */
  readonly took: number;
}

/** Folders that outlive runs, for what package managers and compilers download or build. Never rejects. */
export interface FolderCache {
  /** Absolute folder on this machine that belongs to `name` and stays between runs; made if it is not there. */
  folder(name: string): Promise<string>;
  /** Fills an empty folder from a remote cache, by the first of `keys` that it has. */
  fetch(name: string, keys: readonly string[]): Promise<FolderAnswer>;
  /** Sends a folder to the remote cache under `key`, where it has none under it. */
  send(name: string, key: string): Promise<FolderAnswer>;
}

export interface FolderAnswer {
  /** The key that was found or written; absent where there was nothing to do. */
  readonly key?: string;
  /** In words. */
  readonly note: string;
  readonly warning?: string;
}

/** Blobs by key in a place that machines share. May reject; who uses it goes on without. */
export interface BlobCache {
  /** For messages. */
  readonly location: string;
  /** `undefined` where it has none. */
  get(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  has(key: string): Promise<boolean>;
  put(key: string, blob: Blob, meta: BlobMeta): Promise<void>;
  /** Whether `put` keeps nothing and says nothing. @defaultValue false */
  readonly readOnly?: boolean;
}

export interface BlobMeta {
  /** Milliseconds that making it took. */
  readonly took: number;
}

/** What a pipeline names as its remote cache; see the `cache` option of `pipeline`. */
export interface CacheSource {
  /** For example `turborepo`. */
  readonly kind: string;
  open(context: StoreContext): BlobCache | Promise<BlobCache>;
}

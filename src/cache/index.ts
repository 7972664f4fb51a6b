import type { Plan } from "../model/index.ts";
import type { CacheSource, FolderCache, NodeCache, RunStore, StoreContext } from "../ports/index.ts";
import { LocalFolders } from "./local-folders.ts";

/** What becomes of kept results: used and written, written only, or neither. */
export type CacheMode = "use" | "refresh" | "off";

export interface CacheSetup {
  readonly mode: CacheMode;
  readonly source: CacheSource | undefined;
  readonly context: StoreContext;
  readonly plan: Plan;
  readonly store: RunStore;
}

export interface Caches {
  /** Absent where no node is cached, or the mode is `off`. */
  readonly nodes: NodeCache | undefined;
  readonly folders: FolderCache;
}

export function openCaches({ context }: CacheSetup): Promise<Caches> {
  return Promise.resolve({ nodes: undefined, folders: new LocalFolders(context.stateDir) });
}

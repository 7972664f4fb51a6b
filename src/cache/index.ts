import type { Plan } from "../model/index.ts";
import type {
  BlobCache,
  CacheSource,
  FolderCache,
  NodeCache,
  RunStore,
  StoreContext,
} from "../ports/index.ts";
import { Folders } from "./folders/folders.ts";

/** What becomes of kept results: used and written, written only, or neither. */
export type CacheMode = "use" | "refresh" | "off";

export interface CacheSetup {
  readonly mode: CacheMode;
  readonly source: CacheSource | undefined;
  readonly context: StoreContext;
  readonly plan: Plan;
  readonly store: RunStore;
  /** The run whose results are kept. */
  readonly run: string;
  /** The folder of its logs on this machine, where there is one. */
  readonly logs: string | undefined;
  /** The variables that jobs inherit. */
  readonly jobEnv: Readonly<Record<string, string>>;
  /** Text with every secret of the run replaced by `***`. */
  readonly mask: (text: string) => string;
}

export interface Caches {
  /** Absent where no node is cached, or the mode is `off`. */
  readonly nodes: NodeCache | undefined;
  readonly folders: FolderCache;
}

export async function openCaches(setup: CacheSetup): Promise<Caches> {
  const remote = remoteOf(setup);
  const folders = new Folders(setup.context.stateDir, setup.mode === "off" ? undefined : remote);
  return { nodes: await openNodes(setup, remote), folders };
}

/** The remote cache, opened when it is first asked for and once for all who ask. */
export function remoteOf({
  source,
  context,
}: Pick<CacheSetup, "source" | "context">): (() => Promise<BlobCache>) | undefined {
  if (source === undefined) return undefined;
  let opened: Promise<BlobCache> | undefined;
  return () => (opened ??= Promise.resolve().then(() => source.open(context)));
}

/** Loads what it takes to look results up only where a node is cached. */
async function openNodes(
  { mode, context, plan, store, run, logs, jobEnv, mask }: CacheSetup,
  remote: (() => Promise<BlobCache>) | undefined,
): Promise<NodeCache | undefined> {
  if (mode === "off" || !plan.nodes.some((node) => node.cache !== null)) return undefined;
  const [{ openResults }, { ResultCache }, { nodeLogs }] = await Promise.all([
    import("./open-results.ts"),
    import("./result-cache.ts"),
    import("./node-logs.ts"),
  ]);
  const parts = await openResults({ context, plan, jobEnv, mask, remote });
  return new ResultCache({
    ...parts,
    artifacts: store.artifacts,
    logs: nodeLogs(logs, store, run),
    use: mode === "use",
  });
}

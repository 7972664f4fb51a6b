import { resolve } from "node:path";
import type { Pipeline } from "../builder/index.ts";
import type { RunStore, RunStoreSource } from "../ports/index.ts";
import { sourceOf } from "./prepare.ts";

/** Where runs are kept, for functions that look at them. */
export interface StateOptions {
  readonly cwd?: string;
  /** Where local state is kept. @defaultValue `.sluice` in `cwd`, which is the folder of the pipeline's file where it is not given */
  readonly stateDir?: string;
  /** Where runs are kept. @defaultValue the pipeline's `store`, else `stateDir` */
  readonly store?: RunStoreSource;
  /** What a store reads its credentials from. @defaultValue `process.env` */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The absolute folders of a pipeline. */
export function foldersOf(pipe: Pipeline, options: StateOptions): { root: string; stateDir: string } {
  const root = options.cwd === undefined ? sourceOf(pipe).root : resolve(options.cwd);
  return { root, stateDir: resolve(root, options.stateDir ?? ".sluice") };
}

/** Opens the store of a pipeline's runs. */
export async function openStore(pipe: Pipeline, options: StateOptions): Promise<RunStore> {
  const folders = foldersOf(pipe, options);
  const source = options.store ?? sourceOf(pipe).store;
  if (source !== undefined) return await source.open({ ...folders, env: options.env ?? process.env });
  const { FileRunStore } = await import("../stores/fs/run-store.ts");
  return new FileRunStore(folders.stateDir);
}

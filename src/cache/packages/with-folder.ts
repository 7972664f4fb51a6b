import { readdir } from "node:fs/promises";
import type { FolderAnswer, StepContext } from "../../ports/index.ts";
import type { PackageKeys } from "./cache-spec.ts";

/** What a step that installs packages leaves. */
export interface InstallOutput {
  /** Under which the downloads are kept. */
  readonly key: string;
  /** `partial`: there were downloads, for other versions of the lock file. */
  readonly cache: "hit" | "partial" | "miss";
}

export interface CachedFolder {
  /** Absolute. */
  readonly path: string;
  readonly state: InstallOutput["cache"];
}

/** Restores a folder, has `install` use and fill it, and sends it where it is new. Says what was found, and how large. */
export async function withFolder(
  name: string,
  { key, restore }: PackageKeys,
  context: StepContext,
  install: (folder: CachedFolder) => Promise<void>,
): Promise<InstallOutput> {
  const path = await context.folders.folder(name);
  const found = await context.folders.fetch(name, [key, ...restore]);
  warn(found, context);
  const state = await stateOf(found, key, path);
  const other = found.key === undefined || found.key === key ? "" : ` of ${found.key}`;
  await context.write("stdout", `cache ${key}: ${WORDS[state]}${other}, ${found.note}\n`);
  await install({ path, state });
  const sent = await context.folders.send(name, key);
  warn(sent, context);
  if (sent.key !== undefined) await context.write("stdout", `cache ${key}: sent, ${sent.note}\n`);
  return { key, cache: state };
}

const WORDS: Readonly<Record<InstallOutput["cache"], string>> = {
  hit: "hit",
  partial: "partial hit",
  miss: "miss",
};

async function stateOf(found: FolderAnswer, key: string, path: string): Promise<InstallOutput["cache"]> {
  if (found.key === key) return "hit";
  return (await readdir(path).catch(() => [])).length > 0 ? "partial" : "miss";
}

function warn({ warning }: FolderAnswer, context: StepContext): void {
  if (warning !== undefined) context.emit({ type: "warning", message: warning });
}

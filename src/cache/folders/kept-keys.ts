import { join } from "node:path";
import type { FolderAnswer } from "../../ports/index.ts";
import { writeWhole } from "../results/draft.ts";
import { readFile } from "node:fs/promises";
import { measure, sizeText } from "./measure.ts";

/** Keys that are remembered of a folder. */
const MOST = 50;

/**
 * What a folder on this machine has been filled for, by key, and where it has been sent under it; the newest last. Lost
 * without harm: a folder is then asked for or sent once more.
 */
export type KeptKeys = ReadonlyMap<string, string | null>;

export async function readKept(root: string, name: string): Promise<KeptKeys> {
  try {
    const parsed: unknown = JSON.parse(await readFile(fileOf(root, name), "utf8"));
    return new Map(Array.isArray(parsed) ? (parsed as [string, string | null][]) : []);
  } catch {
    return new Map();
  }
}

export async function noteKept(
  root: string,
  name: string,
  key: string,
  sentTo: string | null,
): Promise<void> {
  const kept = new Map(await readKept(root, name));
  kept.delete(key);
  const list = [...kept, [key, sentTo] as const].slice(-MOST);
  const folder = join(root, ".keys");
  await writeWhole(folder, fileOf(root, name), JSON.stringify(list));
}

/** For a folder that has something in it already. */
export async function answerFromHere(
  root: string,
  name: string,
  keys: readonly string[],
): Promise<FolderAnswer> {
  const kept = await readKept(root, name);
  const key = keys.find((one) => kept.has(one));
  const size = sizeText(await measure(join(root, name)));
  return { ...(key === undefined ? {} : { key }), note: `${size} from an earlier run on this machine` };
}

function fileOf(root: string, name: string): string {
  return join(root, ".keys", `${name}.json`);
}

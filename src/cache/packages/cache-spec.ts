import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "../../errors/index.ts";

/**
 * Where a package manager's downloads are kept between runs, as it stands in a Plan. What is in braces is filled in on the
 * machine that runs: `{os}` and `{arch}` as Node names them, `{tool}` the tool's version, `{files}` a digest of the files.
 */
export interface PackageCacheSpec {
  /** The name of the folder below `.sluice/cache/folders`. */
  readonly folder: string;
  readonly key: string;
  /** What keys of folders may begin with that do where there is none under the key, the best first. */
  readonly restore: readonly string[];
  /** Relative to the root. Where one is missing, the others count; there is at least one. */
  readonly files: readonly string[];
}

export interface KeyFacts {
  readonly tool: string;
  readonly files: string;
}

export interface PackageKeys {
  readonly key: string;
  readonly restore: readonly string[];
}

export function keysOf({ key, restore }: PackageCacheSpec, facts: KeyFacts): PackageKeys {
  const values: Readonly<Record<string, string>> = { ...facts, os: process.platform, arch: process.arch };
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  return { key: fill(key), restore: restore.map(fill) };
}

/** A digest of files' names and contents, in 32 digits. */
export async function digestOf(root: string, files: readonly string[]): Promise<string> {
  const sum = createHash("sha256");
  for (const file of files) {
    const content = createHash("sha256").update(await readFile(join(root, file)));
    sum.update(`${file}\0${content.digest("hex")}\0`);
  }
  return sum.digest("hex").slice(0, 32);
}

export function lockFileMissing(what: string, hint: string): SluiceError {
  return new SluiceError("LOCKFILE_MISSING", what, { hint });
}

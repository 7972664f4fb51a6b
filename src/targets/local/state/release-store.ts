import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { codeOf, isSluiceError, SluiceError } from "../../../errors/index.ts";
import type { Artifact, ArtifactFile } from "../../../model/index.ts";
import { readArtifact, readRunning, type ServiceApp } from "../app.ts";
import { releaseLayout, releaseLayoutIn, type Layout } from "../layout.ts";
import { Reader } from "../../../util/state/reader.ts";
import { corrupt, readJson, unwritable, writeAtomic } from "../../../util/state/atomic-file.ts";

const VERSION = 1;

/** A release as it was made; never changed afterwards. Holds names of secrets, no values. */
export interface ReleaseRecord extends ServiceApp {
  readonly revision: number;
  readonly target: string;
  readonly digest: string;
  readonly run: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** Makes a release's folder in one step: `fill` writes the files, and only then does the folder get its name. */
export async function createRelease(
  layout: Layout,
  record: ReleaseRecord,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const draft = releaseLayoutIn(join(layout.releases, `.draft-${record.revision}`));
  const final = releaseLayout(layout, record.revision);
  try {
    // Both can only be leftovers of a driver that was killed before it recorded the revision.
    await rm(draft.folder, { recursive: true, force: true });
    await rm(final.folder, { recursive: true, force: true });
    await mkdir(draft.files, { recursive: true, mode: 0o700 });
    await mkdir(draft.logs, { recursive: true, mode: 0o700 });
    await fill(draft.files);
    await writeAtomic(draft.record, `${JSON.stringify({ version: VERSION, ...record }, null, 2)}\n`);
    await rename(draft.folder, final.folder);
  } catch (cause) {
    await rm(draft.folder, { recursive: true, force: true }).catch(() => undefined);
    throw isSluiceError(cause) || codeOf(cause) === undefined ? cause : unwritable(final.folder, cause);
  }
}

/** Reads `release.json`. Throws `TARGET_STATE` where the release's files are not kept any more, `STATE_CORRUPT`. */
export async function readRelease(layout: Layout, revision: number): Promise<ReleaseRecord> {
  const file = releaseLayout(layout, revision).record;
  const value = await readJson(file);
  if (value === undefined) {
    throw new SluiceError("TARGET_STATE", `the files of revision ${revision} are not kept any more`, {
      path: file,
      hint: "Choose a later revision, or deploy the old version again; local({ history }) says how many are kept.",
    });
  }
  const read = new Reader((problem) => corrupt(file, `makes no sense: ${problem}`));
  const record = read.object(value, "release");
  if (record["version"] !== VERSION) throw corrupt(file, `is of version ${String(record["version"])}`);
  return {
    artifact: readArtifact(record["artifact"], read),
    ...readRunning(record, read),
    revision: read.integer(record["revision"], "revision", 1),
    target: read.text(record["target"], "target"),
    digest: read.text(record["digest"], "digest"),
    run: read.text(record["run"], "run"),
    createdAt: read.integer(record["createdAt"], "createdAt"),
  };
}

/** Copies an artifact's files from one folder to another, each verified. Says false where one is missing or altered. */
export async function copyVerified(artifact: Artifact, from: string, to: string): Promise<boolean> {
  for (const file of artifact.files) {
    const target = join(to, file.path);
    await mkdir(dirname(target), { recursive: true });
    try {
      await copyFile(join(from, file.path), target, constants.COPYFILE_FICLONE);
    } catch (cause) {
      if (codeOf(cause) === "ENOENT") return false;
      throw unwritable(target, cause);
    }
    if ((await digestOf(target)) !== file.digest) return false;
    await chmod(target, modeOf(file));
  }
  return true;
}

/** Removes the folders of all releases but the given ones, and drafts. */
export async function pruneReleases(layout: Layout, keep: ReadonlySet<number>): Promise<void> {
  for (const name of await readdir(layout.releases).catch(() => [])) {
    if (!keep.has(Number(name))) await rm(join(layout.releases, name), { recursive: true, force: true });
  }
}

function modeOf(file: ArtifactFile): number {
  return file.executable ? 0o755 : 0o644;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return `sha256:${hash.digest("hex")}`;
}

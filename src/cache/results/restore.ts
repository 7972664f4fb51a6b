import { existsSync, realpathSync } from "node:fs";
import { chmod, copyFile, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { codeOf } from "../../errors/index.ts";
import type { Artifact, ArtifactFile, PlanNode } from "../../model/index.ts";
import { CacheFault } from "../fault.ts";
import { factOf } from "../files/hash-file.ts";
import type { InputFiles } from "../files/input-files.ts";
import { hashOf, type Content } from "./content.ts";
import { draftPath } from "./draft.ts";

/** Files copied at the same time. */
const AT_ONCE = 4;

export interface RestorePlace {
  readonly root: string;
  /** Where copies are made before they are put in place. */
  readonly drafts: string;
  readonly content: Content;
  readonly files: InputFiles;
}

/**
 * Puts the files of a result into the root. Those that are what they should be are left untouched, so that tools that
 * look at times have nothing to do. All others are copied and verified before the first is replaced.
 *
 * @returns whether a file was written
 * @throws CacheFault where a content is damaged, or a file is none of those that the job declares
 */
export async function restoreArtifacts(
  artifacts: readonly Artifact[],
  node: PlanNode,
  place: RestorePlace,
): Promise<boolean> {
  await checkDeclared(artifacts, node, place);
  const wanted = new Map(artifacts.flatMap(({ files }) => files.map((file) => [file.path, file] as const)));
  if (wanted.size === 0) return false;
  const there = await place.files.facts([...wanted.keys()]);
  const stale: ArtifactFile[] = [];
  for (const file of wanted.values()) {
    if (!(await isInPlace(file, there.get(file.path), place.root))) stale.push(file);
  }
  if (stale.length === 0) return false;
  checkInside(stale, place.root);
  await mkdir(place.drafts, { recursive: true });
  const drafts = new Map<ArtifactFile, string>();
  try {
    let next = 0;
    const copier = async (): Promise<void> => {
      for (let file = stale[next++]; file !== undefined; file = stale[next++]) {
        const draft = draftPath(place.drafts);
        drafts.set(file, draft);
        await place.content.copyTo(file.digest, draft);
        await chmod(draft, file.executable ? 0o755 : 0o644);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, stale.length) }, copier));
    for (const [file, draft] of drafts) await replace(draft, join(place.root, file.path));
    return true;
  } finally {
    for (const draft of drafts.values()) await rm(draft, { force: true });
  }
}

/** That the result has the artifacts that the job declares, and in them nothing that its globs do not mean. */
async function checkDeclared(
  artifacts: readonly Artifact[],
  node: PlanNode,
  { files }: RestorePlace,
): Promise<void> {
  const names = artifacts.map(({ name }) => name);
  const declared = Object.keys(node.artifacts);
  if (names.length !== declared.length || declared.some((name) => !names.includes(name)))
    throw new CacheFault("it holds other artifacts than the job declares");
  for (const artifact of artifacts) {
    const globs = await files.globs(node.artifacts[artifact.name] ?? []);
    for (const { path } of artifact.files) {
      if (!isPlain(path) || !globs.test(path))
        throw new CacheFault(`it holds ${JSON.stringify(path)}, which "${artifact.name}" does not declare`);
    }
  }
}

/** A path that goes down only, and not into what belongs to git or to Sluice. */
function isPlain(path: string): boolean {
  const parts = path.split("/");
  return !/[\0\\]/.test(path) && parts.every((part) => !["", ".", "..", ".git", ".sluice"].includes(part));
}

async function isInPlace(file: ArtifactFile, fact: string | undefined, root: string): Promise<boolean> {
  if (fact === undefined) return false;
  if (fact === factOf("file", file.executable, file.digest.slice("sha256:".length))) return true;
  // An artifact holds what a link leads to.
  return fact.startsWith("l:") && (await hashOf(join(root, file.path)).catch(() => "")) === file.digest;
}

/** That no link on the way leads out of the root. */
function checkInside(files: readonly ArtifactFile[], root: string): void {
  const real = realpathSync(root);
  for (const folder of new Set(files.map(({ path }) => dirname(join(root, path))))) {
    let there = folder;
    while (!existsSync(there)) there = dirname(there);
    const leads = realpathSync(there);
    if (leads !== real && !leads.startsWith(real + sep))
      throw new CacheFault(`${folder} leads out of the root`);
  }
}

async function replace(draft: string, place: string): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  await rename(draft, place).catch(async (error: unknown) => {
    if (codeOf(error) !== "EXDEV") throw error;
    // The state folder is on another file system: the last step must begin beside the place.
    const beside = draftPath(dirname(place));
    try {
      await copyFile(draft, beside);
      await rename(beside, place);
    } finally {
      await rm(beside, { force: true });
    }
  });
}

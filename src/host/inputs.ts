import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { PriorNode } from "../engine/index.ts";
import { SluiceError } from "../errors/index.ts";
import type { Artifact, ArtifactFile, Plan } from "../model/index.ts";
import type { ArtifactStore, RecordedRun } from "../ports/index.ts";

/** Some file systems keep times in steps of this many milliseconds. */
const COARSE = 2_000;

export interface InputsToRestore {
  readonly plan: Plan;
  readonly selection: ReadonlySet<string>;
  readonly prior: ReadonlyMap<string, PriorNode>;
  readonly store: ArtifactStore;
  readonly root: string;
  /** What a run that is gone on with has left, and where files that it changed are put aside. */
  readonly left?: { readonly recorded: RecordedRun; readonly aside: string } | undefined;
}

/**
 * Puts the artifacts that selected nodes need in place. A file that says something else is replaced only where a job of
 * this run that did not end well may have changed it, and is put aside first. Gives what to tell of that.
 *
 * @throws SluiceError `INPUT_MISSING` where a file is somebody else's, or may be
 */
export async function restoreInputs(inputs: InputsToRestore): Promise<readonly string[]> {
  const { plan, selection, prior, store, root } = inputs;
  const needs = new Set(plan.nodes.flatMap((node) => (selection.has(node.id) ? node.needs : [])));
  const told: string[] = [];
  for (const need of needs) {
    if (selection.has(need)) continue;
    const since = changedSince(need, inputs);
    for (const artifact of prior.get(need)?.artifacts ?? []) {
      const { absent, changed } = await compare(artifact, root);
      const foreign = [];
      for (const { path } of changed)
        if (since === undefined || (await stat(join(root, path))).mtimeMs < since - COARSE)
          foreign.push(path);
      if (foreign.length > 0) throw notOurs(artifact, foreign, root);
      if (changed.length > 0) told.push(await putAside(artifact, changed, inputs));
      const files = [...absent, ...changed];
      if (files.length > 0) await store.restore({ ...artifact, files }, root);
    }
  }
  return told;
}

/**
 * When the first job began that may have changed in place what `maker` left. `undefined` where none did, and where one
 * has succeeded: what it made of the files may be what the others wait for.
 */
function changedSince(maker: string, { plan, left }: InputsToRestore): number | undefined {
  if (left === undefined) return undefined;
  const { events, outputs } = left.recorded;
  const users = plan.nodes.filter(({ kind, needs }) => kind === "job" && needs.includes(maker));
  if (users.some(({ id }) => outputs.has(id))) return undefined;
  const ids = new Set(users.map(({ id }) => id));
  return events.find((event) => event.type === "node.started" && ids.has(event.node))?.at;
}

async function compare(
  { files }: Artifact,
  root: string,
): Promise<{ readonly absent: readonly ArtifactFile[]; readonly changed: readonly ArtifactFile[] }> {
  const absent: ArtifactFile[] = [];
  const changed: ArtifactFile[] = [];
  for (const file of files) {
    const path = join(root, file.path);
    if (!existsSync(path)) absent.push(file);
    else if ((await digestOf(path)) !== file.digest) changed.push(file);
  }
  return { absent, changed };
}

/** Keeps a copy of each: what is in place is replaced in one step, and only by what was verified. */
async function putAside(
  { name }: Artifact,
  files: readonly ArtifactFile[],
  { root, left }: InputsToRestore,
): Promise<string> {
  const { aside, recorded } = left ?? { aside: root, recorded: { run: "" } };
  await mkdir(aside, { recursive: true });
  const folder = await mkdtemp(join(aside, `${recorded.run}-`));
  for (const { path } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await copyFile(join(root, path), join(folder, path));
  }
  const [first] = files;
  const which = files.length === 1 ? (first?.path ?? "") : `${files.length} files`;
  return `${which} of artifact "${name}" had been changed since a job that did not end well began: put back as the run holds them, and kept in ${folder} as they were`;
}

function notOurs({ name }: Artifact, paths: readonly string[], root: string): SluiceError {
  const shown = paths.slice(0, 3).map((path) => join(root, path));
  const more = paths.length > shown.length ? ` and ${paths.length - shown.length} more` : "";
  const what = paths.length === 1 ? "is not the file" : "are not the files";
  const [first = ""] = shown;
  return new SluiceError(
    "INPUT_MISSING",
    `${shown.join(", ")}${more} ${what} that artifact "${name}" of the run holds`,
    {
      path: first,
      hint: `To have the run's own put in place, move what differs away and do the same again: mv '${first}' '${first}.mine'. To use what is there, start a new run.`,
    },
  );
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest("hex")}`;
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { isSluiceError, messageOf } from "../../../errors/index.ts";
import type { ResolvedApp, TargetCheck, TargetContext } from "../../../ports/index.ts";
import type { KubeObject } from "../api/types.ts";
import { findFiles, inRoot } from "../manifests/find-files.ts";
import { ManifestProblems } from "../manifests/problems.ts";
import { renderBundle } from "../manifests/render-bundle.ts";
import { at, list, text } from "../readiness/object.ts";
import { failure } from "./failure.ts";
import { type Maker, makerOf } from "./made.ts";

/** What was found of the app's own files; `objects` are those that it will apply, as far as they are known. */
export interface FilesFound {
  readonly check: TargetCheck;
  readonly objects: readonly KubeObject[];
}

/**
 * Looks whether the app's own files are there and can be read. What a job of the pipeline makes is not there before a run,
 * so it is skipped. `undefined` for an app that has no files.
 */
export async function checkFiles(app: ResolvedApp, context: TargetContext): Promise<FilesFound | undefined> {
  const maker = await makerOf(app);
  switch (app.kind) {
    case "manifests":
      return await checkManifests(app, context, maker);
    case "kustomize":
      return await checkKustomize(app, context, maker);
    case "helm":
      return checkChart(app, context, maker);
    default:
      return undefined;
  }
}

const MANIFESTS = "manifests";

async function checkManifests(app: ResolvedApp, context: TargetContext, maker: Maker): Promise<FilesFound> {
  const globs = list(app.spec, "globs").map(String);
  const without = globs.filter((glob) => glob.startsWith("!"));
  const there: string[] = [];
  const late: string[] = [];
  for (const glob of globs.filter((one) => !without.includes(one))) {
    const job = maker(glob);
    if (job === undefined || (await namesFiles(glob, without, context))) there.push(glob);
    else late.push(`${glob}: ${job}`);
  }
  const rest = { ...app, spec: { ...(app.spec as object), globs: [...there, ...without] } };
  const found = there.length === 0 ? undefined : await render(rest, context);
  if (late.length === 0 || found?.check.state === "failed") return found ?? nothing(late);
  return { ...nothing(late), objects: found?.objects ?? [] };
}

async function namesFiles(
  glob: string,
  without: readonly string[],
  { root }: TargetContext,
): Promise<boolean> {
  try {
    return (await findFiles(root, [glob, ...without], new ManifestProblems())).length > 0;
  } catch {
    return false;
  }
}

async function checkKustomize(app: ResolvedApp, context: TargetContext, maker: Maker): Promise<FilesFound> {
  const found = await render(app, context);
  if (found.check.state !== "failed") return found;
  // Which of a kustomization's files are missing, only kustomize knows, and says in words.
  const job = maker(text(app.spec, "dir"));
  return job === undefined ? found : nothing([`${found.check.detail} (${job})`]);
}

async function render(app: ResolvedApp, context: TargetContext): Promise<FilesFound> {
  try {
    const { objects } = await renderBundle(app, context);
    const detail = `${objects.length} ${objects.length === 1 ? "object" : "objects"} can be read`;
    return { check: { what: MANIFESTS, state: "ok", detail }, objects };
  } catch (error) {
    context.signal.throwIfAborted();
    if (isSluiceError(error) && error.code === "TOOL_MISSING") return nothing([messageOf(error)]);
    return { check: failure(MANIFESTS, error), objects: [] };
  }
}

function nothing(why: readonly string[]): FilesFound {
  return { check: { what: MANIFESTS, state: "skipped", detail: why.join("\n") }, objects: [] };
}

/** A chart of a repository or a registry is Helm's to find. */
function checkChart(app: ResolvedApp, { root }: TargetContext, maker: Maker): FilesFound | undefined {
  const chart = text(app.spec, "chart");
  if (at(app.spec, "repo") !== null || !/^\.{0,2}\//.test(chart)) return undefined;
  const what = "chart";
  const path = inRoot(root, chart);
  if (chart.endsWith(".tgz") ? existsSync(path) : existsSync(join(path, "Chart.yaml")))
    return { check: { what, state: "ok", detail: `${chart} is there` }, objects: [] };
  const job = maker(chart);
  if (job !== undefined) return { check: { what, state: "skipped", detail: job }, objects: [] };
  const detail = chart.endsWith(".tgz") ? `${chart} is not there` : `${chart} has no Chart.yaml`;
  const hint = "Name the chart's folder, relative to the pipeline's folder.";
  return { check: { what, state: "failed", detail, hint }, objects: [] };
}

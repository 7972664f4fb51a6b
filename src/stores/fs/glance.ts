import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent, RunOwner } from "../../model/index.ts";
import type { RunGlance } from "../../ports/index.ts";
import { endOf, endsInPart, glanceAt } from "../_shared/glance.ts";
import { liveOwners } from "../_shared/owner.ts";
import { journalsOf } from "./layout.ts";
import { readEnds } from "./segment.ts";

/**
 * How the run in a folder stands, by the ends of its journals; `undefined` where they do not tell, since only its nodes do.
 * `pipelineOf` is asked for the pipeline's name where no process has begun yet, `isThere` says whether a process is really
 * at the run.
 */
export function glanceAtFolder(
  run: string,
  folder: string,
  pipelineOf: () => string,
  isThere: (owner: RunOwner) => boolean,
): RunGlance | undefined {
  const segments = journalsOf(readdirSync(folder)).map((name) => readEnds(join(folder, name)));
  const marks = segments.flatMap(({ mark }) => (mark === undefined ? [] : [mark]));
  const first = segments.find((one) => one.first !== undefined)?.first;
  const last = segments.findLast((one) => one.last !== undefined)?.last;
  const owner = liveOwners(marks, makerOf(segments)).find(isThere);
  const isPart = endsInPart(marks);
  if (isPart && owner === undefined) return undefined;
  const pipeline = nameIn(first) ?? pipelineOf();
  return glanceAt(run, pipeline, { first, last, finished: isPart ? undefined : endOf(marks), owner });
}

/** The process that made the run, by the first of its journals that names one. */
export function makerOf(segments: readonly { readonly maker: RunOwner | undefined }[]): RunOwner | undefined {
  return segments.find(({ maker }) => maker !== undefined)?.maker;
}

function nameIn(first: RunEvent | undefined): string | undefined {
  return first?.type === "run.started" ? first.pipeline : undefined;
}

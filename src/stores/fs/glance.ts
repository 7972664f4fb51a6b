import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent, RunOwner } from "../../model/index.ts";
import type { RunGlance } from "../../ports/index.ts";
import { endOf, glanceAt } from "../_shared/glance.ts";
import { liveOwner } from "../_shared/owner.ts";
import { journalsOf } from "./layout.ts";
import { readEnds } from "./segment.ts";

/**
 * How the run in a folder stands, by the ends of its journals. `pipelineOf` is asked for the pipeline's name where no
 * process has begun yet, `owned` leaves out a process that is not really at the run.
 */
export function glanceAtFolder(
  run: string,
  folder: string,
  pipelineOf: () => string,
  owned: (owner: RunOwner | undefined) => RunOwner | undefined,
): RunGlance {
  const segments = journalsOf(readdirSync(folder)).map((name) => readEnds(join(folder, name)));
  const marks = segments.flatMap(({ mark }) => (mark === undefined ? [] : [mark]));
  const first = segments.find((one) => one.first !== undefined)?.first;
  const last = segments.findLast((one) => one.last !== undefined)?.last;
  const owner = owned(liveOwner(marks, makerOf(segments)));
  const pipeline = nameIn(first) ?? pipelineOf();
  return glanceAt(run, pipeline, { first, last, finished: endOf(marks), owner });
}

/** The process that made the run, by the first of its journals that names one. */
export function makerOf(segments: readonly { readonly maker: RunOwner | undefined }[]): RunOwner | undefined {
  return segments.find(({ maker }) => maker !== undefined)?.maker;
}

function nameIn(first: RunEvent | undefined): string | undefined {
  return first?.type === "run.started" ? first.pipeline : undefined;
}

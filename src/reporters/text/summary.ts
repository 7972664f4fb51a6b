import type { RunResult } from "../../model/index.ts";
import { formatDuration } from "../../util/duration.ts";
import type { Counts, RunView } from "../view/run-view.ts";
import { formatFailure } from "./describe.ts";
import { count } from "./numbers.ts";
import { sparedBy, sparedText } from "./origin.ts";
import { type Paint, RUN_TONES, type Tone } from "./paint.ts";
import { oneLine } from "./sanitize.ts";

/** States in the order in which they are counted, each with the name that it goes by and its tone. */
export const COUNTED = [
  ["succeeded", "passed", "good"],
  ["failed", "failed", "bad"],
  ["cancelled", "cancelled", "warn"],
  ["suspended", "suspended", "warn"],
  ["skipped", "skipped", "dim"],
  ["running", "running", "busy"],
  ["ready", "ready", "plain"],
  ["pending", "waiting", "dim"],
] as const satisfies readonly (readonly [keyof Counts, string, Tone])[];

/** One part for each state that nodes are in: `3 passed (1 flaky)`, `1 failed`. */
export function countParts(
  counts: Counts,
  flaky = 0,
): readonly { readonly tone: Tone; readonly text: string }[] {
  return COUNTED.flatMap(([state, name, tone]) => {
    if (counts[state] === 0) return [];
    const text = `${String(counts[state])} ${name}`;
    return [{ tone, text: state === "succeeded" && flaky > 0 ? `${text} (${String(flaky)} flaky)` : text }];
  });
}

/** What to type next, each with why. Empty where nothing is left to do. */
export function nextSteps(
  result: RunResult,
  command: string,
): readonly { readonly run: string; readonly why: string }[] {
  const resume = `${command} resume ${result.run}`;
  const waiting = [...result.nodes].filter(([, node]) => node.state === "suspended");
  const answers = waiting.map(([id]) => ({
    run: `${command} approve ${result.run} ${id}`,
    why: "or reject",
  }));
  switch (result.state) {
    case "passed":
      return [];
    case "failed":
      return [...answers, { run: resume, why: "runs what failed and what comes after it" }];
    case "cancelled":
      return [...answers, { run: resume, why: "goes on where the run stopped" }];
    case "suspended":
      return [...answers, { run: resume, why: "goes on after the answer" }];
  }
}

export interface SummaryOptions {
  readonly paint: Paint;
  /** How the user starts Sluice. */
  readonly command: string;
  /** The log file of a node, where there is one. */
  readonly logFile?: (node: string) => string | undefined;
  /** Whether to say how the run ended, where nothing else has. */
  readonly total?: boolean;
}

/** What a run came to: releases, failures, counts, and what to do next. */
export function summaryLines(view: RunView, result: RunResult, options: SummaryOptions): readonly string[] {
  const { paint, command } = options;
  const flaky = [...view.nodes.values()].filter((node) => node.flaky).length;
  const counts = countParts(view.counts, flaky).map(({ tone, text }) => paint(tone, text));
  if (view.warnings.length > 0) counts.push(paint("warn", count(view.warnings.length, "warning")));
  return [
    ...releaseLines(view, paint),
    ...failureLines(view, options),
    ...(options.total === true ? [totalLine(result, paint)] : []),
    `${count(view.nodes.size, "node")}: ${counts.join(", ")}`,
    ...sparedLines(view, paint),
    ...nextSteps(result, command).map(
      ({ run, why }) => `next: ${paint("strong", run)}  ${paint("dim", `(${why})`)}`,
    ),
  ];
}

function sparedLines(view: RunView, paint: Paint): readonly string[] {
  const text = sparedText(sparedBy(view.nodes.values()));
  return text === "" ? [] : [paint("dim", text)];
}

function totalLine({ state, duration, reason }: RunResult, paint: Paint): string {
  return paint(RUN_TONES[state], `run ${state} in ${formatDuration(duration)}: ${oneLine(reason)}`);
}

function releaseLines(view: RunView, paint: Paint): readonly string[] {
  return [...view.nodes.values()].flatMap(({ plan, rollout }) => {
    if (rollout?.release === undefined) return [];
    const { revision, url } = rollout.release;
    return [`${paint("good", "live:")} ${plan.id} revision ${String(revision)} at ${url}`];
  });
}

function failureLines(view: RunView, { paint, logFile }: SummaryOptions): readonly string[] {
  return [...view.nodes.values()].flatMap((node) => {
    if (node.state !== "failed" || node.failure === undefined) return [];
    const lines = [`${paint("bad", "failed:")} ${node.plan.id}: ${oneLine(formatFailure(node.failure))}`];
    const { source } = node.plan;
    if (source !== null) lines.push(paint("dim", `  declared at ${source.file}:${String(source.line)}`));
    const log = logFile?.(node.plan.id);
    if (log !== undefined) lines.push(paint("dim", `  log: ${log}`));
    return lines;
  });
}

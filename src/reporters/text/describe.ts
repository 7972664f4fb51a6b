import type { Failure, RunEvent, RunStarted, SignalReport } from "../../model/index.ts";
import { formatDuration } from "../../util/duration.ts";
import { unreachable } from "../../util/unreachable.ts";
import { count, formatBytes, formatFigure } from "./numbers.ts";
import { originText } from "./origin.ts";
import { RUN_TONES, type Tone } from "./paint.ts";
import { oneLine } from "./sanitize.ts";

/** An event in words, on one line. */
export interface Description {
  readonly tone: Tone;
  readonly text: string;
}

/** The event in words; `undefined` for output and for what says nothing to a reader. */
export function describe(event: RunEvent): Description | undefined {
  const description = inWords(event);
  if (description === undefined) return undefined;
  const [tone, text] = description;
  const node = "node" in event ? `${event.node} ` : "";
  return { tone, text: oneLine(node + text) };
}

function inWords(event: RunEvent): readonly [Tone, string] | undefined {
  switch (event.type) {
    case "run.started":
      return ["strong", runStarted(event)];
    case "run.finished":
      return [
        RUN_TONES[event.state],
        `run ${event.state} in ${formatDuration(event.duration)}: ${event.reason}`,
      ];
    case "warning":
      return ["warn", `warning: ${event.message}`];
    case "node.ready":
    case "node.log":
      return undefined;
    case "node.started":
      return ["plain", event.attempt === 1 ? "started" : `started, attempt ${String(event.attempt)}`];
    case "node.retrying":
      return [
        "warn",
        `attempt ${String(event.attempt)} failed: ${formatFailure(event.failure)}; next attempt in ${formatDuration(event.delay)}`,
      ];
    case "node.succeeded":
      if (event.from !== undefined) return ["good", originText(event.from)];
      return event.flaky
        ? ["warn", `passed in ${formatDuration(event.duration)} on attempt ${String(event.attempt)} (flaky)`]
        : ["good", `passed in ${formatDuration(event.duration)}`];
    case "node.failed":
      return ["bad", `failed in ${formatDuration(event.duration)}: ${formatFailure(event.failure)}`];
    case "node.skipped":
      return ["dim", `skipped: ${event.reason.text}`];
    case "node.cancelled":
      return ["warn", `cancelled after ${formatDuration(event.duration)}: ${event.reason}`];
    case "node.suspended":
      return ["warn", `suspended: ${event.reason}`];
    case "artifact.stored": {
      const { name, files, size } = event.artifact;
      return ["plain", `stored artifact ${name}: ${count(files.length, "file")}, ${formatBytes(size)}`];
    }
    case "cache.checked":
      // That it was found is said by the node's end.
      return event.hit ? undefined : ["plain", `cache miss: ${event.reason}`];
    case "tests.reported":
      return undefined;
    case "gate.judged": {
      const parts = [event.summary, ...event.figures.map(formatFigure)].filter((part) => part !== "");
      return [event.ok ? "good" : "bad", `gate ${event.ok ? "passed" : "refused"}: ${parts.join("; ")}`];
    }
    case "gate.waiting":
      return ["warn", `waits for an answer: ${event.question}`];
    case "gate.decided": {
      const why = event.reason === undefined ? "" : `: ${event.reason}`;
      return [
        event.approved ? "good" : "bad",
        `${event.approved ? "approved" : "rejected"} by ${event.by}${why}`,
      ];
    }
    case "rollout.started": {
      const replaced = event.from === undefined ? "" : `, replacing revision ${String(event.from)}`;
      return [
        "plain",
        `${event.strategy} of revision ${String(event.revision)} to ${event.target}${replaced}`,
      ];
    }
    case "rollout.weight":
      return [
        "plain",
        `${event.target}: ${String(event.weight)}% of the traffic (step ${String(event.step)} of ${String(event.steps)})`,
      ];
    case "rollout.analysis": {
      const tone = event.outcome === "fail" ? "bad" : event.outcome === "inconclusive" ? "warn" : "plain";
      return [
        tone,
        `${event.target}: analysis ${event.outcome}: ${event.signals.map(formatSignal).join("; ")}`,
      ];
    }
    case "rollout.promoted":
      return [
        "good",
        `${event.target}: revision ${String(event.release.revision)} is live at ${event.release.url}`,
      ];
    case "rollout.aborting":
      return ["warn", `${event.target}: taking it back: ${event.reason}`];
    case "rollout.aborted": {
      const live = event.restored === undefined ? "" : `; revision ${String(event.restored)} is live again`;
      return ["bad", `${event.target}: taken back: ${event.reason}${live}`];
    }
    case "rollout.held":
      return ["warn", `${event.target}: held at ${String(event.weight)}%: ${event.reason}`];
    default:
      return unreachable(event);
  }
}

function runStarted(event: RunStarted): string {
  const parts = [count(event.nodes, "node")];
  if (event.branch !== null) parts.push(`branch ${event.branch}`);
  if (event.commit !== null) parts.push(`commit ${event.commit.slice(0, 10)}`);
  for (const [name, value] of Object.entries(event.params)) parts.push(`${name}=${JSON.stringify(value)}`);
  return `run ${event.run} of ${event.pipeline}: ${parts.join(", ")}`;
}

/** `error rate pass: 0.4% against 0.5%`. */
export function formatSignal(signal: SignalReport): string {
  return `${signal.name} ${signal.outcome}: ${signal.text}`;
}

/** The failure's message with its code, and what to do next where it says so. */
export function formatFailure(failure: Failure): string {
  const hint = failure.hint === undefined ? "" : `; next: ${failure.hint}`;
  return `${failure.message} [${failure.code}]${hint}`;
}

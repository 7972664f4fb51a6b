import { formatDuration } from "../../util/duration.ts";
import { unreachable } from "../../util/unreachable.ts";
import { formatBytes, formatFigure } from "../text/numbers.ts";
import { oneLine } from "../text/sanitize.ts";
import type { NodeView, RolloutView } from "../view/node-view.ts";
import { formatElapsed } from "./elapsed.ts";
import type { Span } from "./line.ts";
import type { Symbols } from "./symbols.ts";

/** What the details of a node are made from. */
export interface DetailContext {
  readonly symbols: Symbols;
  readonly columns: number;
  readonly now: number;
  /** The last line that the node printed, sanitized; `""` without one. */
  readonly lastLine: (node: string) => string;
}

/** What is worth saying of the node behind its name. */
export function details(node: NodeView, context: DetailContext): readonly Span[] {
  switch (node.state) {
    case "pending":
      return [];
    case "ready":
      return waiting(node, context);
    case "running":
      return running(node, context);
    case "succeeded":
      return succeeded(node);
    case "failed":
      return failed(node);
    case "skipped":
      return [{ tone: "dim", text: oneLine(`skipped: ${node.reason ?? ""}`) }];
    case "cancelled":
    case "suspended":
      return [{ tone: "warn", text: oneLine(`${node.state}: ${node.reason ?? ""}`) }];
    default:
      return unreachable(node.state);
  }
}

function waiting({ retryAt, attempt, failure }: NodeView, { now }: DetailContext): readonly Span[] {
  if (retryAt === undefined) return [{ tone: "dim", text: "waits for a place" }];
  const why = failure === undefined ? "" : `: ${failure.message}`;
  return [
    { tone: "warn", text: `next attempt in ${formatElapsed(retryAt - now + 999)}` },
    { tone: "dim", text: oneLine(`attempt ${String(attempt)} failed${why}`) },
  ];
}

function running(node: NodeView, context: DetailContext): readonly Span[] {
  const spans: Span[] = [];
  const { attempts } = node.plan.retry;
  if (node.attempt > 1)
    spans.push({ tone: "warn", text: `attempt ${String(node.attempt)} of ${String(attempts)}` });
  if (node.question !== undefined)
    return [...spans, { tone: "warn", text: oneLine(`asks: ${node.question}`) }];
  if (node.rollout !== undefined) return [...spans, ...progress(node.rollout, context)];
  const line = context.lastLine(node.plan.id);
  return line === "" ? spans : [...spans, { tone: "dim", text: line }];
}

function progress(rollout: RolloutView, { symbols, columns }: DetailContext): readonly Span[] {
  if (rollout.phase !== "running") return rolloutEnd(rollout);
  const length = columns < 50 ? 0 : columns < 100 ? 12 : 24;
  const name: Span = { tone: "dim", text: oneLine(rollout.strategy) };
  const steps: Span = { tone: "dim", text: `step ${String(rollout.step)} of ${String(rollout.steps)}` };
  const ends: readonly Span[] = rollout.steps === 0 ? [] : [steps];
  if (length === 0) return [name, ...ends];
  const weight: Span = { tone: "strong", text: `${String(rollout.weight)}%`.padStart(4) };
  return [name, { tone: "busy", text: bar(rollout.weight, length, symbols) }, weight, ...ends];
}

/** What stands behind the name even in a narrow terminal: a rollout's weight. */
export function shortDetails({ state, rollout }: NodeView): readonly Span[] {
  if (state !== "running" || rollout?.phase !== "running") return [];
  return [{ tone: "strong", text: `${String(rollout.weight)}%` }];
}

function bar(percent: number, length: number, { full, empty }: Symbols): string {
  const share = Math.min(1, Math.max(0, percent / 100));
  // some traffic is never shown as none, nor less than all as all
  const filled =
    share === 0 ? 0 : share === 1 ? length : Math.min(length - 1, Math.max(1, Math.round(share * length)));
  return full.repeat(filled) + empty.repeat(length - filled);
}

function succeeded(node: NodeView): readonly Span[] {
  const spans: Span[] = [...rolloutEnd(node.rollout)];
  if (node.from?.kind === "cache")
    spans.push({
      tone: "dim",
      text: oneLine(`cached, took ${formatDuration(node.from.took)} in run ${node.from.run}`),
    });
  else if (node.from !== undefined)
    spans.push({ tone: "dim", text: oneLine(`taken over from run ${node.from.run}`) });
  if (node.flaky) spans.push({ tone: "warn", text: `passed on attempt ${String(node.attempt)} (flaky)` });
  if (node.verdict !== undefined) {
    const [only, ...others] = node.verdict.figures;
    const text = only !== undefined && others.length === 0 ? formatFigure(only) : node.verdict.summary;
    spans.push({ tone: "dim", text: oneLine(text) });
  }
  for (const { name, size } of node.artifacts)
    spans.push({ tone: "dim", text: oneLine(`${name} ${formatBytes(size)}`) });
  return spans;
}

function rolloutEnd(rollout: RolloutView | undefined): readonly Span[] {
  switch (rollout?.phase) {
    case "promoted": {
      const at = rollout.release === undefined ? "" : ` at ${rollout.release.url}`;
      return [{ tone: "good", text: `revision ${String(rollout.revision)} is live${at}` }];
    }
    case "aborted": {
      const live =
        rollout.restored === undefined ? "" : `, revision ${String(rollout.restored)} is live again`;
      return [
        { tone: "bad", text: `taken back${live}` },
        { tone: "dim", text: oneLine(rollout.reason ?? "") },
      ];
    }
    case "held":
      return [
        { tone: "warn", text: `held at ${String(rollout.weight)}%` },
        { tone: "dim", text: oneLine(rollout.reason ?? "") },
      ];
    case "running":
    case undefined:
      return [];
  }
}

function failed({ failure, attempt, rollout }: NodeView): readonly Span[] {
  // how the rollout ended says it with its figures
  const end = rolloutEnd(rollout);
  if (end.length > 0 || failure === undefined) return end;
  // first what a long command in the message may push out of sight
  const how = failure.exitCode === undefined ? failure.signal : `exit ${String(failure.exitCode)}`;
  const tried = attempt > 1 ? `${String(attempt)} attempts` : undefined;
  const short = [how, tried].filter((part) => part !== undefined).join(", ");
  return [
    { tone: "bad", text: short },
    { tone: "bad", text: oneLine(failure.message) },
  ];
}

/** The time at the right edge: how long it ran, or runs. */
export function nodeTime(node: NodeView, now: number): string | undefined {
  if (node.state === "running" && node.startedAt !== undefined) return formatElapsed(now - node.startedAt);
  return node.duration === undefined ? undefined : formatDuration(node.duration);
}

import type { Figure, SignalReport } from "../../model/index.ts";
import { formatDuration } from "../../util/duration.ts";
import { unreachable } from "../../util/unreachable.ts";
import { formatLimits, formatQuantity } from "../text/numbers.ts";
import type { Tone } from "../text/paint.ts";
import { oneLine } from "../text/sanitize.ts";
import { countParts } from "../text/summary.ts";
import type { StageView } from "../view/run-view.ts";
import { type DetailContext, details, nodeTime, shortDetails } from "./details.ts";
import { formatElapsed } from "./elapsed.ts";
import type { Line, Span } from "./line.ts";
import { phaseOf, type Row } from "./rows.ts";
import { STATE_TONES } from "./symbols.ts";

/** What rows are turned into lines with. */
export interface RowContext extends DetailContext {
  readonly narrow: boolean;
  /** What names of nodes are padded to, in columns. */
  readonly nameWidth: number;
}

const SIGNAL_STATES = {
  pass: "succeeded",
  fail: "failed",
  inconclusive: "suspended",
  continue: "running",
} as const;

export function rowLine(row: Row, context: RowContext): Line {
  const { symbols, narrow, nameWidth } = context;
  const nested = narrow ? 1 : 2;
  switch (row.kind) {
    case "stage":
      return stageLine(row.stage, row.open, context);
    case "stages":
      return stagesLine(row.stages, context);
    case "node": {
      const { state, plan } = row.node;
      return {
        indent: nested,
        mark: { tone: STATE_TONES[state], text: symbols.states[state] },
        name: { tone: state === "failed" ? "bad" : "plain", text: oneLine(plan.name) },
        nameWidth,
        details: narrow ? shortDetails(row.node) : details(row.node, context),
        right: nodeTime(row.node, context.now),
      };
    }
    case "detail":
      return { indent: nested + 2, name: joined(details(row.node, context)), details: [] };
    case "figure":
      return figureLine(row.figure, context);
    case "signal":
      return signalLine(row.signal, context);
    case "folded":
      return {
        indent: nested,
        name: {
          tone: "dim",
          text: countParts(row.counts)
            .map(({ text }) => text)
            .join(", "),
        },
        details: [],
      };
    case "more":
      return {
        indent: nested,
        name: { tone: "dim", text: `${symbols.ellipsis} and ${String(row.count)} more` },
        details: [],
      };
    default:
      return unreachable(row);
  }
}

function stageLine(stage: StageView, open: boolean, { symbols, now, narrow, nameWidth }: RowContext): Line {
  const state = stageState(stage);
  const { startedAt, endedAt } = stage;
  const isSettled = phaseOf(stage) === "settled";
  let right: string | undefined;
  if (startedAt !== undefined)
    right = isSettled ? formatDuration((endedAt ?? now) - startedAt) : formatElapsed(now - startedAt);
  return {
    indent: 0,
    mark: { tone: STATE_TONES[state], text: symbols.states[state] },
    name: { tone: "strong", text: oneLine(stage.name) },
    nameWidth: nameWidth + (narrow ? 1 : 2),
    details: open ? [] : countParts(stage.counts, stage.nodes.filter((node) => node.flaky).length),
    right,
  };
}

function stagesLine(stages: readonly StageView[], context: RowContext): Line {
  const [only, ...others] = stages;
  if (only !== undefined && others.length === 0) return stageLine(only, false, context);
  const isWaiting = only !== undefined && phaseOf(only) === "waiting";
  const state = isWaiting ? "pending" : "succeeded";
  return {
    indent: 0,
    mark: { tone: STATE_TONES[state], text: context.symbols.states[state] },
    name: { tone: "dim", text: `${String(stages.length)} stages ${isWaiting ? "waiting" : "done"}` },
    details: [],
  };
}

type ShownState = keyof typeof STATE_TONES;

function stageState(stage: StageView): ShownState {
  const { counts } = stage;
  if (counts.failed > 0) return "failed";
  if (counts.cancelled > 0) return "cancelled";
  const phase = phaseOf(stage);
  if (phase === "waiting") return "pending";
  if (phase === "active") return counts.running > 0 ? "running" : "ready";
  if (counts.suspended > 0) return "suspended";
  return counts.succeeded === 0 ? "skipped" : "succeeded";
}

function figureLine(figure: Figure, context: RowContext): Line {
  const line = verdictLine(figure.ok ? "succeeded" : "failed", figure.name, context);
  const value = formatQuantity(figure.value, figure.unit);
  const limits: Span = { tone: "dim", text: formatLimits(figure) };
  if (context.narrow) return { ...line, details: [limits], right: value };
  return { ...line, details: [{ tone: figure.ok ? "plain" : "bad", text: value }, limits] };
}

function signalLine({ name, outcome, text }: SignalReport, context: RowContext): Line {
  const state = SIGNAL_STATES[outcome];
  if (context.narrow) return { ...verdictLine(state, `${name}: ${text}`, context), details: [] };
  const tone: Tone = outcome === "fail" ? "bad" : "dim";
  return { ...verdictLine(state, name, context), details: [{ tone, text: oneLine(text) }] };
}

/** A figure's or signal's line below its node. */
function verdictLine(
  state: ShownState,
  name: string,
  { symbols, narrow, nameWidth }: RowContext,
): Omit<Line, "details"> {
  return {
    indent: narrow ? 3 : 4,
    mark: { tone: STATE_TONES[state], text: symbols.states[state] },
    name: { tone: "plain", text: oneLine(name) },
    nameWidth: nameWidth - 2,
  };
}

function joined(spans: readonly Span[]): Span {
  return {
    tone: spans[0]?.tone ?? "plain",
    text: spans
      .map(({ text }) => text)
      .filter(Boolean)
      .join(" "),
  };
}

import type { Counts, RunView } from "../view/run-view.ts";
import type { Paint } from "../text/paint.ts";
import { count } from "../text/numbers.ts";
import { oneLine } from "../text/sanitize.ts";
import { COUNTED, countParts } from "../text/summary.ts";
import { formatElapsed } from "./elapsed.ts";
import { fit, type FittedLine, type Line, type Span } from "./line.ts";
import type { Measure } from "./measure.ts";
import { rowLine } from "./row-line.ts";
import { chooseRows, finalRows, type Row } from "./rows.ts";
import type { Symbols } from "./symbols.ts";

/** What a frame is drawn with. */
export interface FrameContext {
  readonly view: RunView;
  readonly columns: number;
  /** How many lines there is room for. */
  readonly room: number;
  readonly now: number;
  readonly lastLine: (node: string) => string;
  readonly symbols: Symbols;
  readonly measure: Measure;
  readonly paint: Paint;
}

/** Below this, details stand on lines of their own. Columns. */
const NARROW = 48;

/** The live view at this moment, in at most `room` lines. */
export function liveFrame(context: FrameContext): readonly FittedLine[] {
  if (context.room <= 0) return [];
  const isAiry = context.room >= 12;
  const rows = chooseRows(context.view, context.room - (isAiry ? 4 : 2), context.columns < NARROW);
  const blank: readonly Line[] = isAiry
    ? [{ indent: 0, name: { tone: "plain", text: "" }, details: [] }]
    : [];
  const lines = [headerLine(context), ...blank, ...toLines(rows, context), ...blank, totalsLine(context)];
  return lines.slice(-context.room).map((line) => fit(line, context.columns, context.measure, context.paint));
}

/** The finished run's stages and nodes, however many lines that takes. */
export function finalFrame(context: FrameContext): readonly FittedLine[] {
  const lines = [headerLine(context), ...toLines(finalRows(context.view, context.columns < NARROW), context)];
  return lines.map((line) => fit(line, context.columns, context.measure, context.paint));
}

function toLines(rows: readonly Row[], context: FrameContext): readonly Line[] {
  const { symbols, columns, now, lastLine, measure } = context;
  const widest = rows.reduce((width, row) => Math.max(width, nameColumns(row, measure)), 8);
  const nameWidth = Math.min(widest, Math.max(8, Math.floor(columns * 0.3)));
  const rowContext = { symbols, columns, now, lastLine, nameWidth, narrow: columns < NARROW };
  return rows
    .map((row) => rowLine(row, rowContext))
    .filter((line) => line.name.text !== "" || line.mark !== undefined);
}

/** How wide the name of a row is, counted from where names of nodes begin. */
function nameColumns(row: Row, measure: Measure): number {
  if (row.kind === "node") return measure.width(row.node.plan.name);
  if (row.kind === "figure") return measure.width(row.figure.name) + 2;
  return row.kind === "signal" ? measure.width(row.signal.name) + 2 : 0;
}

function headerLine({ view, now }: FrameContext): Line {
  const { started, plan } = view;
  const about: Span[] = [];
  if (started !== undefined) {
    about.push({ tone: "dim", text: started.run });
    const commit = started.commit?.slice(0, 8);
    const place = [started.branch, commit].filter((part) => part !== null && part !== undefined).join(" ");
    if (place !== "") about.push({ tone: "dim", text: oneLine(place) });
  }
  return {
    indent: 0,
    name: { tone: "strong", text: oneLine(plan.pipeline) },
    details: about,
    right: started === undefined ? undefined : formatElapsed(now - started.at),
  };
}

function totalsLine({ view, columns, symbols, measure }: FrameContext): Line {
  const { counts } = view;
  const warnings = view.warnings.length;
  const parts: Span[] = [...countParts(counts)];
  if (warnings > 0) parts.push({ tone: "warn", text: count(warnings, "warning") });
  const width = parts.reduce((sum, { text }) => sum + measure.width(text) + 2, -2);
  const [first, ...others] = width <= columns ? parts : shortCounts(counts, warnings, symbols);
  return { indent: 0, name: first ?? { tone: "dim", text: "" }, details: others };
}

/** The counts by their symbols, for narrow terminals. */
function shortCounts(counts: Counts, warnings: number, symbols: Symbols): readonly Span[] {
  const parts: Span[] = COUNTED.filter(([state]) => counts[state] > 0).map(([state, , tone]) => {
    return { tone, text: `${symbols.states[state]}${String(counts[state])}` };
  });
  if (warnings > 0) parts.push({ tone: "warn", text: `${symbols.warning}${String(warnings)}` });
  return parts;
}

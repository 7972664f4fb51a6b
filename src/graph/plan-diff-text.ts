import type { ChangeImpact, PlanChange } from "./plan-diff.ts";
import { paint, type Paint, safe, type Terminal, wrapped } from "./terminal.ts";
import { cells } from "./width.ts";

/** How {@link planDiffText} writes. */
export interface PlanDiffTextOptions {
  /** Whether to colour it for a terminal. @defaultValue false */
  readonly color?: boolean;
  /** Cells of a line. @defaultValue 80 */
  readonly columns?: number;
}

/**
 * Differences between two Plans for people: the breaking ones first, each with what was and what is.
 *
 * @example
 * ```ts
 * process.stderr.write(planDiffText(planDiff(recorded, current), { color: true, columns: 100 }));
 * ```
 */
export function planDiffText(changes: readonly PlanChange[], options: PlanDiffTextOptions = {}): string {
  const terminal: Terminal = { color: options.color ?? false, columns: Math.max(40, options.columns ?? 80) };
  if (changes.length === 0) return "no difference\n";
  const groups = (["breaking", "harmless"] as const).map((impact) => groupLines(impact, changes, terminal));
  return `${groups
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function groupLines(
  impact: ChangeImpact,
  changes: readonly PlanChange[],
  terminal: Terminal,
): readonly string[] {
  const own = changes.filter((change) => change.impact === impact);
  if (own.length === 0) return [];
  const title = `${own.length} ${impact} ${own.length === 1 ? "change" : "changes"}`;
  return [paint(terminal, "bold", title), ...own.flatMap((change) => changeLines(change, terminal))];
}

const SIGNS: Readonly<Record<PlanChange["change"], readonly [string, Paint]>> = {
  added: ["+", "green"],
  removed: ["-", "red"],
  changed: ["~", "yellow"],
};

function changeLines(change: PlanChange, terminal: Terminal): readonly string[] {
  const [sign, style] = SIGNS[change.change];
  const head = `  ${paint(terminal, style, sign)} `;
  const scope = change.scope === "node" ? "" : `${change.scope} `;
  const name = `${scope}${safe(change.name).replaceAll("\n", " ")}`;
  if (change.field === null) {
    return block(head, `${name} (${safe(change.before ?? change.after ?? "")})`, terminal);
  }
  const [before, after] = [safe(change.before ?? "nothing"), safe(change.after ?? "nothing")];
  const line = `${name}: ${change.field} ${before} → ${after}`;
  if (cells(line) + 4 <= terminal.columns && !line.includes("\n") && change.field !== "command")
    return [head + line];
  return [
    ...block(head, `${name}: ${change.field}`, terminal),
    ...block(`      ${paint(terminal, "red", "-")} `, before, terminal),
    ...block(`      ${paint(terminal, "green", "+")} `, after, terminal),
  ];
}

/** Text behind a sign, its further lines below its beginning. */
function block(head: string, text: string, terminal: Terminal): readonly string[] {
  const indent = cells(head);
  return wrapped(text, terminal.columns - indent).map(
    (line, index) => (index === 0 ? head : " ".repeat(indent)) + line,
  );
}

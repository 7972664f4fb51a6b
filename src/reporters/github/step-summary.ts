import type { NodeState, RunResult, RunState } from "../../model/index.ts";
import { formatDuration } from "../../util/duration.ts";
import { formatFailure } from "../text/describe.ts";
import { formatLimits, formatQuantity } from "../text/numbers.ts";
import { originText, sparedBy, sparedText } from "../text/origin.ts";
import { oneLine } from "../text/sanitize.ts";
import { countParts, nextSteps } from "../text/summary.ts";
import type { NodeView, RolloutView } from "../view/node-view.ts";
import type { RunView } from "../view/run-view.ts";
import { cell, table } from "./markdown.ts";

const MARKS: Readonly<Record<NodeState | RunState, string>> = {
  pending: "",
  ready: "",
  running: "",
  passed: "✅",
  succeeded: "✅",
  failed: "❌",
  skipped: "⏭️",
  cancelled: "🚫",
  suspended: "⏸️",
};

/**
 * The run as a page of markdown, at most `limit` bytes: what matters most comes first, and tables that do not fit are
 * left out whole, the nodes that passed before those that did not.
 */
export function stepSummary(view: RunView, result: RunResult, command: string, limit: number): string {
  const nodes = [...view.nodes.values()];
  const notable = nodes.filter((node) => node.state !== "succeeded" || node.flaky);
  const head = heading(view, result);
  const next = nextBlock(result, command);
  const parts = [head, nodeTable(nodes), figureTable(nodes), rolloutTable(nodes), warningList(view), next];
  const shorter = [head, nodeTable(notable), next, LEFT_OUT];
  for (const page of [parts, shorter]) {
    const text = page.join("");
    if (Buffer.byteLength(text) <= limit) return text;
  }
  const least = head + LEFT_OUT;
  return Buffer.byteLength(least) <= limit ? least : "";
}

const LEFT_OUT = "The rest is left out: it is larger than a summary may be.\n\n";

function heading(view: RunView, result: RunResult): string {
  const flaky = [...view.nodes.values()].filter((node) => node.flaky).length;
  const counts = countParts(view.counts, flaky).map(({ text }) => text);
  const title = `### ${MARKS[result.state]} ${cell(result.pipeline)} ${result.state} in ${formatDuration(result.duration)}`;
  const spared = sparedText(sparedBy(view.nodes.values()));
  const saved = spared === "" ? "" : ` ${cell(spared)}.`;
  return `${title}\n\n${cell(result.reason)}\n\n${counts.join(", ")}. Run \`${result.run}\`.${saved}\n\n`;
}

function nodeTable(nodes: readonly NodeView[]): string {
  const rows = nodes.map((node) => [
    MARKS[node.state],
    cell(node.plan.id),
    cell(outcome(node)),
    duration(node),
  ]);
  return table(["", "Node", "Result", "Time"], rows);
}

function outcome(node: NodeView): string {
  if (node.state === "failed" && node.failure !== undefined) return formatFailure(node.failure);
  if (node.state === "succeeded" && node.from !== undefined) return originText(node.from);
  if (node.state === "succeeded")
    return node.flaky ? `passed on attempt ${String(node.attempt)} (flaky)` : "passed";
  return node.reason === undefined ? node.state : `${node.state}: ${node.reason}`;
}

function duration(node: NodeView): string {
  return node.duration === undefined ? "" : formatDuration(node.duration);
}

function figureTable(nodes: readonly NodeView[]): string {
  const rows = nodes.flatMap((node) =>
    (node.verdict?.figures ?? []).map((figure) => [
      figure.ok ? MARKS.passed : MARKS.failed,
      cell(node.plan.id),
      cell(figure.name),
      cell(formatQuantity(figure.value, figure.unit)),
      cell(formatLimits(figure)),
    ]),
  );
  return table(["", "Gate", "Figure", "Value", "Held against"], rows);
}

function rolloutTable(nodes: readonly NodeView[]): string {
  const rows = nodes.flatMap(({ plan, rollout }) =>
    rollout === undefined
      ? []
      : [
          [
            cell(plan.id),
            cell(rollout.target),
            cell(rollout.strategy),
            String(rollout.revision),
            cell(rolloutOutcome(rollout)),
          ],
        ],
  );
  return table(["Deploy", "Target", "Strategy", "Revision", "Outcome"], rows);
}

function rolloutOutcome(rollout: RolloutView): string {
  switch (rollout.phase) {
    case "promoted":
      return rollout.release === undefined ? "live" : `live at ${rollout.release.url}`;
    case "aborted": {
      const live =
        rollout.restored === undefined ? "" : `; revision ${String(rollout.restored)} is live again`;
      return `taken back: ${rollout.reason ?? ""}${live}`;
    }
    case "held":
      return `held at ${String(rollout.weight)}%: ${rollout.reason ?? ""}`;
    case "running":
      return `stopped at ${String(rollout.weight)}%`;
  }
}

function warningList(view: RunView): string {
  if (view.warnings.length === 0) return "";
  const lines = view.warnings.map(
    ({ node, message }) => `- ${cell(node === undefined ? message : `${node}: ${message}`)}\n`,
  );
  return `Warnings:\n\n${lines.join("")}\n`;
}

function nextBlock(result: RunResult, command: string): string {
  const steps = nextSteps(result, command);
  if (steps.length === 0) return "";
  return `Next:\n\n\`\`\`sh\n${steps.map(({ run, why }) => `${oneLine(run)}  # ${why}\n`).join("")}\`\`\`\n\n`;
}

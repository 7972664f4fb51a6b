import type { Figure, NodeState, SignalReport } from "../../model/index.ts";
import type { NodeView } from "../view/node-view.ts";
import type { Counts, RunView, StageView } from "../view/run-view.ts";

/** A row of the view as data; cheap to make, so that several choices can be tried for one frame. */
export type Row =
  | { readonly kind: "stage"; readonly stage: StageView; readonly open: boolean }
  | { readonly kind: "stages"; readonly stages: readonly StageView[] }
  | { readonly kind: "node"; readonly node: NodeView }
  /** A node's details, where the terminal is too narrow for them to stand behind its name. */
  | { readonly kind: "detail"; readonly node: NodeView }
  | { readonly kind: "figure"; readonly figure: Figure }
  | { readonly kind: "signal"; readonly signal: SignalReport }
  | { readonly kind: "folded"; readonly counts: Counts }
  | { readonly kind: "more"; readonly count: number };

/** How much is folded away, from everything shown to as little as possible. */
const LEVELS = [0, 1, 2, 3, 4] as const;
type Level = (typeof LEVELS)[number];

const TROUBLED: ReadonlySet<NodeState> = new Set(["failed", "cancelled", "suspended"]);

/** Chooses the rows: the fullest choice that fits into `room`, else the beginning of the shortest. */
export function chooseRows(view: RunView, room: number, narrow: boolean): readonly Row[] {
  let rows: readonly Row[] = [];
  for (const level of LEVELS) {
    if (level === 0 && view.nodes.size + view.stages.length > room) continue;
    rows = rowsAt(view, level, narrow);
    if (rows.length <= room) return rows;
  }
  return cut(rows, room);
}

/** The rows of a finished run: troubled and telling nodes always, the others in stages small enough to read. */
export function finalRows(view: RunView, narrow: boolean): readonly Row[] {
  return view.stages.flatMap((stage) => {
    const isSmall = stage.nodes.length <= 24;
    const shown = (node: NodeView): boolean =>
      isSmall ||
      TROUBLED.has(node.state) ||
      node.flaky ||
      node.rollout !== undefined ||
      node.verdict !== undefined;
    return stageRows(stage, shown, { extras: true, narrow });
  });
}

function rowsAt(view: RunView, level: Level, narrow: boolean): readonly Row[] {
  const rows: Row[] = [];
  for (const stage of view.stages) {
    const phase = phaseOf(stage);
    const hasTrouble = stage.nodes.some((node) => TROUBLED.has(node.state));
    if (level >= 3 && phase !== "active" && !hasTrouble) merge(rows, stage, phase);
    else rows.push(...stageRows(stage, (node) => isShown(node, phase, level), { extras: level < 4, narrow }));
  }
  return rows;
}

function isShown(node: NodeView, phase: Phase, level: Level): boolean {
  if (level === 0 || TROUBLED.has(node.state)) return true;
  if (phase !== "active") return false;
  return level === 1 || node.state === "running" || node.retryAt !== undefined;
}

type Phase = "waiting" | "active" | "settled";

export function phaseOf({ counts, nodes }: StageView): Phase {
  if (counts.pending === nodes.length) return "waiting";
  return counts.pending + counts.ready + counts.running === 0 ? "settled" : "active";
}

interface StageOptions {
  /** Whether figures, signals and lines of details are shown. */
  readonly extras: boolean;
  readonly narrow: boolean;
}

function stageRows(stage: StageView, shows: (node: NodeView) => boolean, options: StageOptions): Row[] {
  const shown = stage.nodes.filter(shows);
  const rows: Row[] = [{ kind: "stage", stage, open: shown.length > 0 }];
  for (const node of shown)
    rows.push({ kind: "node", node }, ...(options.extras ? extras(node, options.narrow) : []));
  if (shown.length > 0 && shown.length < stage.nodes.length)
    rows.push({ kind: "folded", counts: countsWithout(stage, shown) });
  return rows;
}

function extras(node: NodeView, narrow: boolean): readonly Row[] {
  const rows: Row[] = narrow ? [{ kind: "detail", node }] : [];
  const figures = node.verdict?.figures ?? [];
  // a single figure stands behind the gate's name
  if (figures.length > 1 || node.state !== "succeeded")
    rows.push(...figures.map((figure) => ({ kind: "figure", figure }) as const));
  const { rollout } = node;
  if (
    rollout !== undefined &&
    (node.state === "running" || rollout.phase === "aborted" || rollout.phase === "held")
  ) {
    rows.push(...rollout.signals.map((signal) => ({ kind: "signal", signal }) as const));
  }
  return rows;
}

function countsWithout({ counts }: StageView, shown: readonly NodeView[]): Counts {
  const left = { ...counts };
  for (const node of shown) left[node.state]--;
  return left;
}

/** Adds the stage to the row before where that holds stages of the same phase. */
function merge(rows: Row[], stage: StageView, phase: Phase): void {
  const last = rows.at(-1);
  const first = last?.kind === "stages" ? last.stages[0] : undefined;
  if (last?.kind === "stages" && first !== undefined && phaseOf(first) === phase) {
    rows[rows.length - 1] = { kind: "stages", stages: [...last.stages, stage] };
  } else {
    rows.push({ kind: "stages", stages: [stage] });
  }
}

/** Keeps the rows that matter most, in their order, and says how many are left out. */
function cut(rows: readonly Row[], room: number): readonly Row[] {
  if (room <= 0) return [];
  let failed = 0;
  const ranked = rows.map((row, index) => {
    if (row.kind === "node" && row.node.state === "failed") failed++;
    // failures come first, but leave half of the room to what goes on
    return { index, rank: rank(row, failed > room / 2) };
  });
  ranked.sort((a, b) => a.rank - b.rank || a.index - b.index);
  const kept = new Set(ranked.slice(0, room - 1).map(({ index }) => index));
  return [...rows.filter((_row, index) => kept.has(index)), { kind: "more", count: rows.length - kept.size }];
}

function rank(row: Row, isManyFailed: boolean): number {
  if (row.kind === "stage") return row.open ? 1 : 4;
  if (row.kind !== "node") return 4;
  const { state, plan } = row.node;
  if (state === "failed") return isManyFailed ? 3 : 0;
  if (state !== "running") return 3;
  return plan.kind === "job" ? 2 : 1;
}

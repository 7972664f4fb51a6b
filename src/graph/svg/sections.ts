import type { GraphView, ViewStage } from "../view.ts";

/** Stages that stand above each other, because none of them waits for another. */
export interface Section {
  readonly stages: readonly ViewStage[];
  /** Whether these are the stages that run whatever the outcome. */
  readonly apart: boolean;
}

/** The stages in columns: each one right of all that it waits for. */
export function sectionsOf(view: GraphView): readonly Section[] {
  const ranks = ranksOf(view);
  const sections: { readonly stages: ViewStage[]; readonly apart: boolean }[] = [];
  const sorted = [...view.stages].sort(
    (a, b) => (ranks[a.index] ?? 0) - (ranks[b.index] ?? 0) || a.index - b.index,
  );
  let last: number | undefined;
  for (const stage of sorted) {
    const rank = ranks[stage.index] ?? 0;
    if (rank === last) sections.at(-1)?.stages.push(stage);
    else sections.push({ stages: [stage], apart: stage.stage.finally });
    last = rank;
  }
  return sections;
}

function ranksOf(view: GraphView): readonly number[] {
  const before = view.stages.map(() => new Set<number>());
  for (const { from, to, always } of view.stageEdges) if (!always) before[to]?.add(from);
  for (const { from, to } of view.edges) {
    const [source, target] = [view.nodes[from]?.stage ?? 0, view.nodes[to]?.stage ?? 0];
    if (source !== target && view.stages[source]?.stage.finally !== true) before[target]?.add(source);
  }
  const ranks: (number | undefined)[] = view.stages.map(() => undefined);
  const open = new Set<number>();
  const rankOf = (stage: number): number => {
    const known = ranks[stage];
    if (known !== undefined) return known;
    // Two stages can wait for single nodes of each other; then the one declared first stands first.
    if (open.has(stage)) return -1;
    open.add(stage);
    let rank = 0;
    for (const other of before[stage] ?? []) rank = Math.max(rank, rankOf(other) + 1);
    open.delete(stage);
    return (ranks[stage] = rank);
  };
  const regular = view.stages.map(({ stage, index }) => (stage.finally ? -1 : rankOf(index)));
  const end = Math.max(-1, ...regular) + 1;
  return regular.map((rank) => (rank === -1 ? end : rank));
}

import { conditionText, testText } from "../model/condition-text.ts";
import type { Condition, Expression, NodeKind, Plan, PlanNode, PlanStage } from "../model/index.ts";

/** A Plan as every renderer sees it: indexed, with deterministic ids and its edges once each. */
export interface GraphView {
  readonly plan: Plan;
  readonly stages: readonly ViewStage[];
  /** By stage, then by declaration. */
  readonly nodes: readonly ViewNode[];
  readonly edges: readonly ViewEdge[];
  readonly stageEdges: readonly ViewStageEdge[];
}

export interface ViewStage {
  readonly index: number;
  readonly stage: PlanStage;
  readonly nodes: readonly ViewNode[];
  /** The stage's condition in words. */
  readonly when: string | undefined;
}

export interface ViewNode {
  readonly index: number;
  readonly node: PlanNode;
  readonly kind: NodeKind;
  /** Index of its stage. */
  readonly stage: number;
  /** The node's own condition in words. */
  readonly when: string | undefined;
}

/** Why one node stands before another. */
export type EdgeKind =
  /** The later one uses the earlier one's value or effect. */
  | "needs"
  /** The later one is a deploy whose target requires this gate. */
  | "evidence"
  /** The later one's condition looks at the earlier one's output. */
  | "condition";

/** One edge between nodes; a pair has at most one. */
export interface ViewEdge {
  readonly from: number;
  readonly to: number;
  readonly kinds: readonly EdgeKind[];
  /** What the condition asks of the value, where it looks at one. */
  readonly label: string | undefined;
}

/** The later stage waits for the earlier one. */
export interface ViewStageEdge {
  readonly from: number;
  readonly to: number;
  /** What the later stage asks for before it runs. */
  readonly label: string | undefined;
  /** Whether the later stage is a `finally`, which runs whatever the outcome. */
  readonly always: boolean;
}

/** Reads a Plan into what the renderers draw. Edges to nodes that the Plan does not have are left out. */
export function viewOf(plan: Plan): GraphView {
  const byId = new Map(plan.nodes.map((node) => [node.id, node]));
  const nodes: ViewNode[] = [];
  const stages = plan.stages.map((stage, index): ViewStage => {
    const own: ViewNode[] = [];
    for (const id of stage.nodes) {
      const node = byId.get(id);
      if (node === undefined) continue;
      const view = { index: nodes.length, node, kind: node.kind, stage: index, when: words(node.when) };
      nodes.push(view);
      own.push(view);
    }
    return { index, stage, nodes: own, when: words(stage.when) };
  });
  return { plan, stages, nodes, edges: edgesOf(nodes), stageEdges: stageEdgesOf(stages) };
}

function words(condition: Condition | null): string | undefined {
  return condition === null ? undefined : conditionText(condition);
}

function edgesOf(nodes: readonly ViewNode[]): readonly ViewEdge[] {
  const index = new Map(nodes.map((view) => [view.node.id, view.index]));
  return nodes.flatMap(({ node, index: to }) => {
    const found = new Map<number, { readonly kinds: Set<EdgeKind>; label?: string }>();
    const add = (id: string, kind: EdgeKind, label?: string): void => {
      const from = index.get(id);
      if (from === undefined || from === to) return;
      const edge = found.get(from) ?? { kinds: new Set<EdgeKind>() };
      edge.kinds.add(kind);
      if (label !== undefined) edge.label ??= label;
      found.set(from, edge);
    };
    for (const id of node.needs) add(id, "needs");
    for (const { node: id } of node.evidence) add(id, "evidence");
    for (const { id, label } of valuesAsked(node.when)) add(id, "condition", label);
    return [...found].map(([from, edge]) => ({ from, to, kinds: [...edge.kinds], label: edge.label }));
  });
}

interface Asked {
  readonly id: string;
  readonly label: string;
}

function valuesAsked(condition: Condition | null): readonly Asked[] {
  if (condition === null) return [];
  switch (condition.kind) {
    case "value": {
      const path = "$all" in condition.value ? [] : condition.value.path;
      const label = [path.join("."), testText(condition.test)].filter((part) => part !== "").join(" ");
      return sources(condition.value).map((id) => ({ id, label }));
    }
    case "all":
    case "any":
      return condition.of.flatMap(valuesAsked);
    case "not":
      return valuesAsked(condition.of).map(({ id, label }) => ({ id, label: `not: ${label}` }));
    case "branch":
    case "tag":
    case "change":
    case "static":
      return [];
  }
}

function sources(expression: Expression): readonly string[] {
  if ("$all" in expression) return expression.$all.flatMap(sources);
  return ["$ref" in expression ? expression.$ref : expression.$artifact];
}

function stageEdgesOf(stages: readonly ViewStage[]): readonly ViewStageEdge[] {
  const index = new Map(stages.map((view) => [view.stage.name, view.index]));
  const followed = new Set(stages.flatMap(({ stage }) => (stage.finally ? [] : stage.after)));
  return stages.flatMap(({ stage, index: to, when }) => {
    // A finally waits for every stage; an edge from those that nothing else follows says the same with fewer lines.
    const after = stage.finally
      ? stages
          .map((one) => one.stage)
          .filter(ends)
          .map(nameOf)
      : stage.after;
    return after.flatMap((name) => {
      const from = index.get(name);
      return from === undefined || from === to ? [] : [{ from, to, label: when, always: stage.finally }];
    });
  });

  function ends(stage: PlanStage): boolean {
    return !stage.finally && !followed.has(stage.name);
  }
}

function nameOf(stage: PlanStage): string {
  return stage.name;
}

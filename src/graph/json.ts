import type { SourceLocation } from "../errors/index.ts";
import type { NodeKind, Plan, PlanNode } from "../model/index.ts";
import { summaryOf } from "./summary.ts";
import { type EdgeKind, viewOf } from "./view.ts";

/** The version of {@link GraphJson}. It changes when a reader written for the old form would misread the new one. */
export const GRAPH_VERSION = 1;

/** A Plan as a graph, for tools that draw or search it. What a run needs beyond that stands in the Plan. */
export interface GraphJson {
  readonly version: typeof GRAPH_VERSION;
  readonly pipeline: string;
  /** The Plan's. */
  readonly fingerprint: string;
  /** By declaration. */
  readonly stages: readonly GraphJsonStage[];
  /** By stage, then by declaration. */
  readonly nodes: readonly GraphJsonNode[];
  /** Edges between nodes, at most one for each pair; then those between stages. */
  readonly edges: readonly GraphJsonEdge[];
}

export interface GraphJsonStage {
  readonly id: string;
  /** Ids of the stages that must have ended before. */
  readonly after: readonly string[];
  /** In words; null is always. */
  readonly condition: string | null;
  /** Whether it runs whatever the outcome. */
  readonly finally: boolean;
  /** Ids of nodes. */
  readonly nodes: readonly string[];
}

export interface GraphJsonNode {
  readonly id: string;
  readonly name: string;
  readonly stage: string;
  readonly kind: NodeKind;
  /** What runs it: `shell`, `gate:junit`, `deploy:local`, … */
  readonly uses: string;
  /** What it runs, on one line for people. */
  readonly summary: string;
  /** In words; null is always. */
  readonly condition: string | null;
  readonly matrix: PlanNode["matrix"];
  readonly source: SourceLocation | null;
}

export type GraphJsonEdge =
  /** Between nodes. `label` is what a condition asks of the value; null where none does. */
  | {
      readonly scope: "node";
      readonly from: string;
      readonly to: string;
      readonly kinds: readonly EdgeKind[];
      readonly label: string | null;
    }
  /** Between stages: `to` starts when `from` has ended well, or with `always` when it has ended. */
  | { readonly scope: "stage"; readonly from: string; readonly to: string; readonly always: boolean };

/** The graph of a Plan as data; {@link json} is its text. */
export function graphJson(plan: Plan): GraphJson {
  const view = viewOf(plan);
  const nodeId = (index: number): string => view.nodes[index]?.node.id ?? "";
  const stageId = (index: number): string => view.stages[index]?.stage.name ?? "";
  return {
    version: GRAPH_VERSION,
    pipeline: plan.pipeline,
    fingerprint: plan.fingerprint,
    stages: view.stages.map(({ stage, when }) => ({
      id: stage.name,
      after: stage.after,
      condition: when ?? null,
      finally: stage.finally,
      nodes: stage.nodes,
    })),
    nodes: view.nodes.map(({ node, when }) => ({
      id: node.id,
      name: node.name,
      stage: node.stage,
      kind: node.kind,
      uses: node.uses,
      summary: summaryOf(node),
      condition: when ?? null,
      matrix: node.matrix,
      source: node.source,
    })),
    edges: [
      ...view.edges.map(({ from, to, kinds, label }) => ({
        scope: "node" as const,
        from: nodeId(from),
        to: nodeId(to),
        kinds,
        label: label ?? null,
      })),
      ...view.stageEdges.map(({ from, to, always }) => ({
        scope: "stage" as const,
        from: stageId(from),
        to: stageId(to),
        always,
      })),
    ],
  };
}

/**
 * The graph of a Plan as JSON text, indented, in the form of {@link GraphJson}.
 *
 * @example
 * ```ts
 * const graph = JSON.parse(json(plan)) as GraphJson;
 * const gates = graph.nodes.filter((node) => node.kind === "gate");
 * ```
 */
export function json(plan: Plan): string {
  return `${JSON.stringify(graphJson(plan), undefined, 2)}\n`;
}

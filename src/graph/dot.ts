import type { NodeKind, Plan } from "../model/index.ts";
import { clipped, visible } from "./label.ts";
import { summaryOf } from "./summary.ts";
import {
  type GraphView,
  type ViewEdge,
  viewOf,
  type ViewNode,
  type ViewStage,
  type ViewStageEdge,
} from "./view.ts";

/**
 * A Plan in the DOT language of Graphviz: a cluster for each stage, boxes for jobs, hexagons for gates, pills for
 * deploys, and every edge. Ids are `n0`, `n1`, … in the order of declaration.
 *
 * @example
 * ```ts
 * await execa("dot", ["-Tsvg", "-o", "pipeline.svg"], { input: dot(plan) });
 * ```
 */
export function dot(plan: Plan): string {
  const view = viewOf(plan);
  const lines = [
    "digraph pipeline {",
    `  graph [label=${quoted(plan.pipeline)}, labelloc=t, rankdir=LR, compound=true, fontname="Helvetica", fontsize=16]`,
    '  node [fontname="Helvetica", fontsize=11, margin="0.15,0.08"]',
    '  edge [fontname="Helvetica", fontsize=9, color="#6b7787"]',
    ...view.stages.flatMap(clusterLines),
    ...view.stageEdges.map((edge) => stageEdgeLine(edge, view)),
    ...view.edges.map((edge) => edgeLine(edge, view)),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function clusterLines({ index, stage, nodes, when }: ViewStage): readonly string[] {
  const style = stage.finally ? "rounded,dashed" : "rounded";
  const condition = when === undefined ? [] : [`when ${when}`];
  return [
    `  subgraph cluster_${index} {`,
    `    graph [label=${quoted(stage.name, ...condition)}, style=${quoted(style)}, color="#9aa5b1", fontsize=13]`,
    ...nodes.map(nodeLine),
    // An edge between clusters needs a node at each end; a stage without nodes gets one that is not seen.
    ...(nodes.length === 0 ? [`    s${index} [style=invis, shape=point]`] : []),
    "  }",
  ];
}

function nodeLine(view: ViewNode): string {
  const { shape, style, color } = LOOKS[view.kind];
  const when = view.when === undefined ? [] : [`when ${view.when}`];
  const text = quoted(view.node.name, clipped(summaryOf(view.node), 60), ...when);
  const dashed = view.when === undefined ? style : [style, "dashed"].filter((part) => part !== "").join(",");
  const tooltip = quoted(view.node.id);
  return `    n${view.index} [label=${text}, tooltip=${tooltip}, shape=${shape}, style=${quoted(dashed)}, color="${color}"]`;
}

const LOOKS: Readonly<
  Record<NodeKind, { readonly shape: string; readonly style: string; readonly color: string }>
> = {
  job: { shape: "box", style: "", color: "#2f6fd0" },
  gate: { shape: "hexagon", style: "", color: "#a86a00" },
  deploy: { shape: "box", style: "rounded", color: "#7a3fc4" },
};

function stageEdgeLine({ from, to, label, always }: ViewStageEdge, view: GraphView): string {
  const attributes = [
    `ltail=cluster_${from}`,
    `lhead=cluster_${to}`,
    always ? "style=dashed" : "style=bold",
    'color="#b5bfca"',
  ];
  if (label !== undefined && !always) attributes.push(`label=${quoted(`when ${label}`)}`);
  return `  ${anchor(view, from, -1)} -> ${anchor(view, to, 0)} [${attributes.join(", ")}]`;
}

function anchor(view: GraphView, stage: number, at: number): string {
  const node = view.stages[stage]?.nodes.at(at);
  return node === undefined ? `s${stage}` : `n${node.index}`;
}

function edgeLine({ from, to, kinds, label }: ViewEdge, view: GraphView): string {
  const evidence = kinds.includes("evidence");
  const text = label ?? (evidence ? `requires ${view.nodes[from]?.node.name ?? ""}` : undefined);
  const attributes = [
    ...(text === undefined ? [] : [`label=${quoted(text)}`]),
    ...(evidence ? ['color="#a86a00"'] : []),
  ];
  return `  n${from} -> n${to}${attributes.length === 0 ? "" : ` [${attributes.join(", ")}]`}`;
}

/** Lines of text as a quoted string in which nothing is an escape or an entity. */
function quoted(...lines: readonly string[]): string {
  const texts = lines.map((line) => visible(line).replace(/\s+/g, " ").trim()).filter((line) => line !== "");
  return `"${texts.map(escape).join("\\n")}"`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}

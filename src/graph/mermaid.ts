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
 * A Plan as a Mermaid flowchart: a subgraph for each stage, boxes for jobs, hexagons for gates, stadiums for deploys,
 * every edge, and conditions as labels. Ids are `s0`, `s1`, … for stages and `n0`, `n1`, … for nodes, in the order of
 * declaration. Mermaid's own limits (500 edges, 50,000 characters) have to be raised for larger pipelines.
 *
 * @example
 * ```ts
 * const markdown = "```mermaid\n" + mermaid(plan) + "```\n";
 * ```
 */
export function mermaid(plan: Plan): string {
  const view = viewOf(plan);
  const lines = [
    "flowchart LR",
    ...view.stages.flatMap(stageLines),
    ...view.stageEdges.map(stageEdgeLine),
    ...view.edges.map((edge) => edgeLine(edge, view)),
    ...styleLines(view),
  ];
  return `${lines.join("\n")}\n`;
}

function stageLines({ index, stage, nodes, when }: ViewStage): readonly string[] {
  // The edge into a stage carries its condition; one that has no such edge carries it in its title.
  const own = when !== undefined && (stage.after.length === 0 || stage.finally) ? [`when ${when}`] : [];
  return [`  subgraph s${index}[${label(stage.name, ...own)}]`, ...nodes.map(nodeLine), "  end"];
}

function nodeLine(view: ViewNode): string {
  const [open, close] = SHAPES[view.kind];
  const summary = clipped(summaryOf(view.node), 60);
  const when = view.when === undefined ? [] : [`when ${view.when}`];
  return `    n${view.index}${open}${label(view.node.name, summary, ...when)}${close}`;
}

const SHAPES: Readonly<Record<NodeKind, readonly [string, string]>> = {
  job: ["[", "]"],
  gate: ["{{", "}}"],
  deploy: ["([", "])"],
};

function stageEdgeLine({ from, to, label: when, always }: ViewStageEdge): string {
  if (always) return `  s${from} -.->|${label("always")}| s${to}`;
  return `  s${from} ==>${when === undefined ? "" : `|${label(`when ${when}`)}|`} s${to}`;
}

function edgeLine({ from, to, kinds, label: asked }: ViewEdge, view: GraphView): string {
  const gate = kinds.includes("evidence") ? `requires ${view.nodes[from]?.node.name ?? ""}` : undefined;
  const text = asked ?? gate;
  return `  n${from} -->${text === undefined ? "" : `|${label(text)}|`} n${to}`;
}

function styleLines(view: GraphView): readonly string[] {
  const lines = KINDS.flatMap(([kind, style]) => {
    const ids = view.nodes.filter((node) => node.kind === kind).map((node) => `n${node.index}`);
    return ids.length === 0 ? [] : [`  classDef ${kind} ${style}`, `  class ${ids.join(",")} ${kind}`];
  });
  const conditional = view.nodes.filter((node) => node.when !== undefined).map((node) => `n${node.index}`);
  if (conditional.length > 0) {
    lines.push("  classDef conditional stroke-dasharray:4 3", `  class ${conditional.join(",")} conditional`);
  }
  const last = view.stages.filter(({ stage }) => stage.finally).map(({ index }) => `s${index}`);
  if (last.length > 0) lines.push("  classDef last stroke-dasharray:6 4", `  class ${last.join(",")} last`);
  return lines;
}

const KINDS: readonly (readonly [NodeKind, string])[] = [
  ["job", "stroke:#2f6fd0"],
  ["gate", "stroke:#a86a00"],
  ["deploy", "stroke:#7a3fc4"],
];

/** Lines of text in quotes. Whatever is no letter, digit, blank or harmless mark becomes a numeric entity. */
function label(...lines: readonly string[]): string {
  const texts = lines.map((line) => visible(line).replace(/\s+/g, " ").trim()).filter((line) => line !== "");
  return `"${texts.map(escape).join("<br/>") || "#160;"}"`;
}

// Not only quotes: Mermaid also reads Markdown, HTML, icons, entities, directives and comments inside of labels.
function escape(text: string): string {
  // Ligatures are part of Mermaid's own placeholders for entities.
  const plain = text.replace(/[\ufb00-\ufb06]/g, (char) => char.normalize("NFKC"));
  const escaped = plain.replace(
    /[^\p{L}\p{N} ,./@()·…-]|^[\p{N}-]/gu,
    (char) => `#${char.codePointAt(0) ?? 0};`,
  );
  // What looks like the name of an icon would be drawn as one.
  return escaped.replace(/(fa[a-z]?#58;)(?=fa-)/gi, "$1#8203;");
}

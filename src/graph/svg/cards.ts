import { summaryOf } from "../summary.ts";
import type { ViewNode } from "../view.ts";
import { type Box, conditionLines, sharedCondition, TEXT_LEFT, textRoom } from "./boxes.ts";
import { iconOf } from "./icons.ts";
import type { PlacedBlock, PlacedStage } from "./place.ts";
import { CODE, fit, SMALL, textWidth, TITLE } from "./measure.ts";
import { kindLetter, outline } from "./shapes.ts";
import { SIZES } from "./sizes.ts";
import { element, escapeXml } from "./xml.ts";

/** A card, or a matrix with its cells. */
export function drawBlock(placed: PlacedBlock): string {
  const [node] = placed.block.nodes;
  if (node === undefined) return "";
  return placed.cells.length === 0 ? drawCard(node, placed) : drawMatrix(placed, node);
}

function drawCard(node: ViewNode, box: Box): string {
  const width = textRoom(node.kind);
  const x = box.x + TEXT_LEFT;
  const code = node.node.uses === "shell";
  const lines = [
    write("t", x, box.y + 20, fit(shown(node.node.name), width, TITLE)),
    write(code ? "m" : "s", x, box.y + 36, fit(summaryOf(node.node), width, code ? CODE : SMALL)),
    ...conditionLines(node).map((line, index) => write("i", x, box.y + 51 + index * SIZES.cardLine, line)),
  ];
  return group(tooltip(node), [
    outline(node.kind, box, node.when !== undefined),
    icon(node, box, box.y + 15),
    ...lines,
  ]);
}

function drawMatrix(placed: PlacedBlock, first: ViewNode): string {
  const { block, cells } = placed;
  const shared = sharedCondition(block.nodes);
  const dimensions = block.dimensions.join(" × ");
  const side = fit(dimensions, placed.width / 2 - TEXT_LEFT, SMALL);
  const width = placed.width - TEXT_LEFT - 20 - textWidth(side, SMALL);
  const lines = [
    element("rect", {
      class: "x b",
      x: placed.x,
      y: placed.y,
      width: placed.width,
      height: placed.height,
      rx: 10,
    }),
    icon(first, { ...placed, x: placed.x - 2 }, placed.y + 6),
    write("t", placed.x + TEXT_LEFT - 4, placed.y + 19, fit(block.title, width, TITLE)),
    element(
      "text",
      { class: "s", x: placed.x + placed.width - 10, y: placed.y + 19, "text-anchor": "end" },
      escapeXml(side),
    ),
  ];
  if (shared !== undefined) {
    const room = placed.width - TEXT_LEFT - 10;
    lines.push(write("i", placed.x + TEXT_LEFT - 4, placed.y + 34, fit(`when ${shared}`, room, SMALL)));
  }
  const drawn = cells.map((cell) => drawCell(cell.node, cell, shared !== undefined));
  const title = `${block.title}, ${block.nodes.length} cells of ${dimensions}\n${summaryOf(first.node)}`;
  return group(title, [...lines, ...drawn]);
}

function drawCell(node: ViewNode, box: Box, shared: boolean): string {
  const label = Object.values(node.node.matrix ?? {})
    .map(String)
    .join(" · ");
  return group(tooltip(node), [
    outline(node.kind, box, node.when !== undefined && !shared),
    write("s", box.x + 10, box.y + 16, fit(label, box.width - 20, SMALL)),
  ]);
}

/** The box of a stage with its title and condition; everything in it is drawn later. */
export function drawStage({ stage, ...box }: PlacedStage): string {
  const x = box.x + SIZES.padding;
  const count = stage.nodes.length === 1 ? "1 node" : `${stage.nodes.length} nodes`;
  const width = SIZES.cardWidth - textWidth(count, SMALL) - 12;
  const always = stage.stage.finally ? "runs whatever the outcome" : undefined;
  const second = [always, stage.when === undefined ? undefined : `when ${stage.when}`].filter(
    (part) => part !== undefined,
  );
  const style = stage.stage.finally ? "x a" : stage.when === undefined ? "x z" : "x z w";
  const name = shown(stage.stage.name);
  const lines = [
    element("rect", { class: style, x: box.x, y: box.y, width: box.width, height: box.height, rx: 12 }),
    element(
      "text",
      { x, y: box.y + 23 },
      element("tspan", { class: "t" }, escapeXml(fit(name, width, TITLE))) +
        element("tspan", { class: "s", dx: 8 }, count),
    ),
  ];
  if (second.length > 0)
    lines.push(write("i", x, box.y + 39, fit(second.join("; "), SIZES.cardWidth, SMALL)));
  return group([`stage ${name}, ${count}`, ...second].join("\n"), lines);
}

/** Everything worth knowing of a node, for its tooltip. */
function tooltip({ node, when }: ViewNode): string {
  const lines = [`${node.id} (${node.kind}, ${node.uses})`, summaryOf(node)];
  if (when !== undefined) lines.push(`when ${when}`);
  if (node.needs.length > 0) lines.push(`needs ${node.needs.join(", ")}`);
  if (node.evidence.length > 0) lines.push(`requires ${node.evidence.map((one) => one.gate).join(", ")}`);
  if (node.secrets.length > 0) lines.push(`secrets ${node.secrets.join(", ")}`);
  return lines.join("\n");
}

function icon(node: ViewNode, box: Box, y: number): string {
  const x = box.x + (node.kind === "job" ? 13 : 16);
  return element("path", {
    class: `g g${kindLetter(node.kind)}`,
    transform: `translate(${Math.round(x)} ${Math.round(y)})`,
    d: iconOf(node.node),
  });
}

/** A name that can be seen, also where it is empty. */
function shown(name: string): string {
  return name.trim() === "" ? "(no name)" : name;
}

function write(style: string, x: number, y: number, text: string): string {
  return text === "" ? "" : element("text", { class: style, x, y }, escapeXml(text));
}

function group(title: string, parts: readonly string[]): string {
  return `<g>${element("title", {}, escapeXml(title))}${parts.join("")}</g>`;
}

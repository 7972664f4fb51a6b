import type { GraphView, ViewEdge } from "../view.ts";
import type { PlacedNet } from "./layout.ts";
import { arrowHead, roundedPath } from "./paths.ts";
import { kindLetter } from "./shapes.ts";
import { element, escapeXml } from "./xml.ts";

/** The edges of one source: a gap around them, the lines, the arrow heads and the labels. */
export function drawNet(view: GraphView, { net, ways }: PlacedNet): string {
  const lines = ways.map((way) => roundedPath(way.points)).join("");
  const letter = kindLetter(net.kind);
  const width = net.kind === "stage" ? " es" : net.each ? " ed" : "";
  const heads = ways.flatMap((way) => {
    const tip = way.points.at(-1);
    return tip === undefined ? [] : [arrowHead(tip, net.kind === "stage" ? 11 : 8)];
  });
  const labels = ways.map(({ points, target }) => {
    const tip = points.at(-1);
    if (tip === undefined || target.label === undefined) return "";
    return element(
      "text",
      { class: "n", x: tip.x - 2, y: tip.y - 5, "text-anchor": "end" },
      escapeXml(target.label),
    );
  });
  const title = titleOf(
    view,
    ways.flatMap((way) => way.target.edges),
  );
  return [
    "<g>",
    title === "" ? "" : element("title", {}, escapeXml(title)),
    element("path", { class: "eh", d: lines }),
    element("path", { class: `e${width} c${letter}`, d: lines }),
    net.each ? element("path", { class: "ei", d: lines }) : "",
    element("path", { class: `f${letter}`, d: heads.join("") }),
    ...labels,
    "</g>",
  ].join("");
}

const MOST = 12;

/** What the lines say, for their tooltip. */
function titleOf(view: GraphView, edges: readonly ViewEdge[]): string {
  const id = (index: number): string => view.nodes[index]?.node.id ?? "";
  const lines = edges
    .slice(0, MOST)
    .map(({ from, to, label }) => `${id(from)} → ${id(to)}${label === undefined ? "" : `: ${label}`}`);
  return (edges.length > MOST ? [...lines, `and ${edges.length - MOST} more`] : lines).join("\n");
}

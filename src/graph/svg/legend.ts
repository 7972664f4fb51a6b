import type { GraphView } from "../view.ts";
import { SMALL, textWidth } from "./measure.ts";
import { arrowHead, roundedPath } from "./paths.ts";
import { outline } from "./shapes.ts";
import { SIZES } from "./sizes.ts";
import { element, escapeXml } from "./xml.ts";
import type { PlacedNet } from "./layout.ts";

const SIGN = 34;
const LINE = 24;

/** The explanation of what occurs in a drawing, in as many lines as `width` asks for. */
export function drawLegend(
  view: GraphView,
  nets: readonly PlacedNet[],
  left: number,
  top: number,
  width: number,
): { readonly markup: string; readonly height: number } {
  let x = left;
  let y = top;
  let markup = "";
  for (const { sign, text } of entriesOf(view, nets)) {
    const own = SIGN + 8 + textWidth(text, SMALL) + 22;
    if (x > left && x + own > left + width) {
      x = left;
      y += LINE;
    }
    markup += sign(x, y) + element("text", { class: "s", x: x + SIGN + 8, y: y + 12 }, escapeXml(text));
    x += own;
  }
  return { markup, height: y - top + LINE };
}

interface Entry {
  readonly text: string;
  readonly sign: (x: number, y: number) => string;
}

function entriesOf(view: GraphView, nets: readonly PlacedNet[]): readonly Entry[] {
  const box = (x: number, y: number): { x: number; y: number; width: number; height: number } => ({
    x,
    y,
    width: SIGN,
    height: 16,
  });
  const kinds = new Set(view.nodes.map((node) => node.kind));
  const wide = nets.some(({ net }) => net.targets.some((target) => target.edges.length > 1));
  const entries: (Entry | false)[] = [
    kinds.has("job") && { text: "job", sign: (x, y) => outline("job", box(x, y), false) },
    kinds.has("gate") && { text: "gate", sign: (x, y) => outline("gate", box(x, y), false) },
    kinds.has("deploy") && { text: "deploy", sign: (x, y) => outline("deploy", box(x, y), false) },
    (view.nodes.some((node) => node.when !== undefined) ||
      view.stages.some((stage) => stage.when !== undefined)) && {
      text: "dashed: has a condition",
      sign: (x, y) => outline("job", box(x, y), true),
    },
    nets.some(({ net }) => net.kind === "stage") && {
      text: "stage after stage",
      sign: arrow("e es cs", "fs", 11),
    },
    nets.some(({ net }) => net.kind === "job") && {
      text: wide ? "needs (at a box: everything in it)" : "needs",
      sign: arrow("e cj", "fj", 8),
    },
    nets.some(({ net }) => net.kind === "gate") && { text: "passed a gate", sign: arrow("e cg", "fg", 8) },
    nets.some(({ net }) => net.kind === "deploy") && { text: "uses a release", sign: arrow("e cd", "fd", 8) },
    nets.some(({ net }) => net.each) && { text: "cell to cell", sign: arrow("e ed cj", "fj", 8, true) },
  ];
  return entries.filter((entry) => entry !== false);
}

function arrow(line: string, head: string, size: number, hollow = false): Entry["sign"] {
  return (x, y) => {
    const tip = { x: x + SIGN, y: y + 8 };
    const path = roundedPath([
      { x, y: y + 8 },
      { x: tip.x - size / 2, y: tip.y },
    ]);
    const inner = hollow ? element("path", { class: "ei", d: path }) : "";
    return (
      element("path", { class: line, d: path }) +
      inner +
      element("path", { class: head, d: arrowHead(tip, size) })
    );
  };
}

/** Room above the legend. */
export const LEGEND_GAP = SIZES.margin - 4;

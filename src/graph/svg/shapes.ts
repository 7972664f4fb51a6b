import type { NodeKind } from "../../model/index.ts";
import type { Box } from "./boxes.ts";
import { element, num } from "./xml.ts";

/** How far the points of a gate stand in from its box. */
const POINT = 11;

/** The one letter by which the style sheet knows a kind. */
export function kindLetter(kind: NodeKind | "stage"): string {
  return kind.charAt(0);
}

/** How far inside its box a node's outline is, `off` pixels above or below its middle. */
export function outlineInset(kind: NodeKind | undefined, height: number, off: number): number {
  const half = height / 2;
  const beside = Math.min(Math.abs(off), half);
  if (kind === "gate") return Math.min(POINT, half) * (beside / half);
  return kind === "deploy" ? half - Math.sqrt(half * half - beside * beside) : 0;
}

/** The outline of a node: a card for a job, a hexagon for a gate, a pill for a deploy. Dashed where it has a condition. */
export function outline(kind: NodeKind, box: Box, conditional: boolean): string {
  const style = `x k${kindLetter(kind)}${conditional ? " w" : ""}`;
  const { x, y, width, height } = box;
  switch (kind) {
    case "job":
      return element("rect", { class: style, x, y, width, height, rx: Math.min(8, height / 4) });
    case "deploy":
      return element("rect", { class: style, x, y, width, height, rx: height / 2 });
    case "gate": {
      const point = Math.min(POINT, height / 2);
      const corners = [
        [x, y + height / 2],
        [x + point, y],
        [x + width - point, y],
        [x + width, y + height / 2],
        [x + width - point, y + height],
        [x + point, y + height],
      ];
      return element("polygon", {
        class: style,
        points: corners.map(([px = 0, py = 0]) => `${num(px)},${num(py)}`).join(" "),
        "stroke-linejoin": "round",
      });
    }
  }
}

import type { PlanNode } from "../../model/index.ts";

// Each is drawn in a square of 16 pixels, in strokes.
const ICONS = {
  command: "M3 4.5l3.5 3.5L3 11.5M8.5 12H13",
  function: "M10.5 3.5c-2-.7-2.8.4-3 2L6.2 12c-.3 1.5-1.2 1.9-2.4 1.5M5 7.5h5",
  box: "M8 2l5.5 3v6L8 14l-5.5-3V5zM2.5 5L8 8l5.5-3M8 8v6",
  check: "M8 2l5 1.8v4c0 3-2 5-5 6.2-3-1.2-5-3.2-5-6.2v-4zM5.7 8l1.7 1.7 3-3.2",
  person: "M8 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 13.5c0-2.8 2-4.2 5-4.2s5 1.4 5 4.2",
  release: "M8 13V3.5M4 7l4-4 4 4M3 13.5h10",
} as const;

/** The picture of what a node does, as path data in a square of 16 pixels. */
export function iconOf(node: PlanNode): string {
  switch (node.kind) {
    case "gate":
      return node.uses === "gate:approval" ? ICONS.person : ICONS.check;
    case "deploy":
      return ICONS.release;
    case "job":
      return node.uses === "shell" ? ICONS.command : node.uses === "function" ? ICONS.function : ICONS.box;
  }
}

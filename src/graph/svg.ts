import type { Plan } from "../model/index.ts";
import { drawBlock, drawStage } from "./svg/cards.ts";
import { drawNet } from "./svg/edges.ts";
import { type Layout, layoutOf } from "./svg/layout.ts";
import { drawLegend, LEGEND_GAP } from "./svg/legend.ts";
import { fit } from "./svg/measure.ts";
import { SIZES } from "./svg/sizes.ts";
import { styleSheet } from "./svg/theme.ts";
import { element, escapeXml, num } from "./svg/xml.ts";
import { type GraphView, viewOf } from "./view.ts";

/** How a Plan is drawn. */
export interface SvgOptions {
  /**
   * About how wide the drawing may become, in pixels: further stages then go on in the next row.
   * @defaultValue 1520
   */
  readonly maxWidth?: number;
}

/**
 * Draws a Plan as an SVG picture that stands alone: no font, script or link to anything outside, light or dark as
 * the reader's system is, with a title and a description for screen readers and a tooltip for everything.
 *
 * Stages are boxes from left to right, jobs are cards, gates hexagons, deploys pills. Edges that a longer way
 * surely implies are not drawn, and an arrow at a box stands for one at everything in it; `json` has every edge.
 *
 * @example
 * ```ts
 * await writeFile("pipeline.svg", svg(plan));
 * ```
 */
export function svg(plan: Plan, options: SvgOptions = {}): string {
  const view = viewOf(plan);
  const layout = layoutOf(view, options.maxWidth ?? 1520);
  const width = Math.max(layout.width, 360);
  const legend = drawLegend(
    view,
    layout.nets,
    SIZES.margin,
    layout.height + LEGEND_GAP,
    width - 2 * SIZES.margin,
  );
  const height = layout.height + LEGEND_GAP + legend.height + SIZES.margin;
  const id = `sluice-${plan.fingerprint
    .replace(/^sha256:/, "")
    .replace(/[^\w-]/g, "")
    .slice(0, 12)}`;
  const root = {
    xmlns: "http://www.w3.org/2000/svg",
    class: "sluice",
    role: "img",
    "aria-labelledby": `${id}-title ${id}-desc`,
    width: Math.ceil(width),
    height: Math.ceil(height),
    viewBox: `0 0 ${num(Math.ceil(width))} ${num(Math.ceil(height))}`,
  };
  const parts = [
    element("title", { id: `${id}-title` }, escapeXml(`Pipeline ${plan.pipeline}`)),
    element("desc", { id: `${id}-desc` }, escapeXml(describe(view))),
    element("style", {}, styleSheet()),
    element("rect", { class: "p", width: "100%", height: "100%", rx: 12 }),
    heading(view, width),
    ...drawing(view, layout),
    legend.markup,
  ];
  return `${element("svg", root, `\n${parts.filter((part) => part !== "").join("\n")}\n`)}\n`;
}

function drawing(view: GraphView, layout: Layout): readonly string[] {
  return [
    ...layout.stages.map(drawStage),
    // Arrows between stages lie below all other lines, the lines below the cards.
    ...layout.nets.filter(({ net }) => net.kind === "stage").map((net) => drawNet(view, net)),
    ...layout.nets.filter(({ net }) => net.kind !== "stage").map((net) => drawNet(view, net)),
    ...layout.blocks.map(drawBlock),
  ];
}

function heading(view: GraphView, width: number): string {
  const name = fit(view.plan.pipeline, width - 2 * SIZES.margin, { size: 18, weight: "bold", mono: false });
  return [
    element("text", { class: "h", x: SIZES.margin, y: SIZES.margin + 16 }, escapeXml(name)),
    element("text", { class: "s", x: SIZES.margin, y: SIZES.margin + 36 }, counts(view)),
  ].join("");
}

function counts(view: GraphView): string {
  const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
  const of = (kind: string): number => view.nodes.filter((node) => node.kind === kind).length;
  const kinds = [
    [of("job"), "job"],
    [of("gate"), "gate"],
    [of("deploy"), "deploy"],
  ] as const;
  const parts = kinds.filter(([count]) => count > 0).map(([count, word]) => plural(count, word));
  return [plural(view.stages.length, "stage"), ...parts].join(" · ");
}

/** The picture in words, stage by stage. */
function describe(view: GraphView): string {
  const stages = view.stages.map(({ stage, nodes, when }) => {
    const condition = when === undefined ? "" : ` (when ${when})`;
    const names = nodes.map(({ node }) => (node.kind === "job" ? node.name : `${node.kind} ${node.name}`));
    return `${stage.finally ? "Finally" : "Stage"} ${stage.name}${condition}: ${names.join(", ")}.`;
  });
  return [`${counts(view)}.`, ...stages].join(" ");
}

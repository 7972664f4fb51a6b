import type { Plan } from "../model/index.ts";
import { unreachable } from "../util/unreachable.ts";

/** The forms in which {@link renderGraph} writes a Plan's graph. */
export const GRAPH_FORMATS = ["mermaid", "dot", "svg", "json"] as const;

/** One of {@link GRAPH_FORMATS}. */
export type GraphFormat = (typeof GRAPH_FORMATS)[number];

/**
 * The graph of a Plan as text. Loads only the renderer that is asked for.
 *
 * @example
 * ```ts
 * process.stdout.write(await renderGraph(plan, "mermaid"));
 * ```
 */
export async function renderGraph(plan: Plan, format: GraphFormat): Promise<string> {
  switch (format) {
    case "mermaid":
      return (await import("./mermaid.ts")).mermaid(plan);
    case "dot":
      return (await import("./dot.ts")).dot(plan);
    case "svg":
      return (await import("./svg.ts")).svg(plan);
    case "json":
      return (await import("./json.ts")).json(plan);
    default:
      return unreachable(format);
  }
}

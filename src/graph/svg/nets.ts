import type { NodeKind } from "../../model/index.ts";
import type { GraphView, ViewEdge } from "../view.ts";
import type { Blocks } from "./blocks.ts";
import { endKey, type Link } from "./links.ts";
import type { Port, Ports } from "./ports.ts";
import { blockOf } from "./stage-columns.ts";

/** All edges from one source, drawn as one tree. */
export interface Net {
  /** What the edges come from. */
  readonly kind: NodeKind | "stage";
  /** Cell to cell, between two matrices. */
  readonly each: boolean;
  readonly source: Port;
  readonly targets: readonly NetTarget[];
}

export interface NetTarget {
  readonly port: Port;
  /** Beside the arrow, for example `3/40`. */
  readonly label: string | undefined;
  /** The edges of the Plan that it stands for; none for an arrow between stages. */
  readonly edges: readonly ViewEdge[];
}

/** Takes the edges of each source together. */
export function netsOf(
  view: GraphView,
  blocks: Blocks,
  links: readonly Link[],
  ports: Ports,
): readonly Net[] {
  const nets = new Map<string, { readonly net: Net; readonly targets: NetTarget[] }>();
  const add = (key: string, net: Omit<Net, "targets">, target: NetTarget): void => {
    const found = nets.get(key);
    if (found !== undefined) found.targets.push(target);
    else {
      const targets = [target];
      nets.set(key, { net: { ...net, targets }, targets });
    }
  };
  for (const { from, to, always } of view.stageEdges) {
    if (always) continue;
    const source = ports.stageOut(from);
    add(
      `stage ${from}`,
      { kind: "stage", each: false, source },
      { port: ports.stageIn(to), label: undefined, edges: [] },
    );
  }
  for (const link of links) {
    const kind = blockOf(link.from, blocks)?.nodes[0]?.kind ?? "job";
    const block = blockOf(
      link.count === undefined ? link.from : link.to.kind === "block" ? link.to : link.from,
      blocks,
    );
    const label = link.count === undefined ? undefined : `${link.count}/${block?.nodes.length ?? 0}`;
    add(
      `${endKey(link.from)}${link.each ? " each" : ""}`,
      { kind, each: link.each, source: ports.out(link.from) },
      { port: ports.in(link.to), label, edges: link.edges },
    );
  }
  return [...nets.values()].map(({ net }) => net);
}

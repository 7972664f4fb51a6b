import { SPAWN_GRAPH } from "../lib/bounds.ts";
import { chain, layered, wide } from "../lib/graphs.ts";
import { type Figure, pairedFigure, rounds as measure } from "../lib/measure.ts";
import { net } from "../lib/statistics.ts";
import type { Workspace } from "../lib/workspace.ts";

const GRAPHS = { wide: wide(200), chain: chain(200), layers: layered(1_000) };

const PIPELINE = `import { pipeline, sh } from "sluice";
import { graphs } from "./graphs.js";
const nodes = graphs[process.env.GRAPH];
pipeline({ name: "graph" }, (p) => {
  const stage = p.stage("all");
  const refs = [];
  nodes.forEach((needs, index) => refs.push(stage.job("n" + index, sh\`true\`, { after: needs.map((need) => refs[need]) })));
}).main();
`;
/** The least that Node can do with the same graph. */
const BOUND = `import { graphs } from "./graphs.js";
const concurrency = 8;
const jobs = graphs[process.env.GRAPH].map((needs) => ({ needs, argv: ["true"] }));
${SPAWN_GRAPH}`;

/** W2, W3 and W4, net of what starting Node and loading costs: for ours, a run of one job. */
export async function processes(workspace: Workspace, rounds: number): Promise<Figure[]> {
  workspace.write("graphs.js", `export const graphs = ${JSON.stringify(GRAPHS)};\n`);
  workspace.write("graph.js", PIPELINE);
  workspace.write("bound.js", BOUND);
  const figures: Figure[] = [];
  for (const [name, graph, what] of [
    ["W2", "wide", "200 wide, 8 at once"],
    ["W3", "chain", "chain of 200"],
    ["W4", "layers", "1,000 in 10 layers, 8 at once"],
  ] as const) {
    const args = ["--reporter", "plain", "--concurrency", "8"];
    const [empty = [], one = [], bound = [], ours = []] = await measure(
      [
        workspace.command("node", "empty.js"),
        workspace.command("node", "one.js", args),
        workspace.command("node", "bound.js", [], { GRAPH: graph }),
        workspace.command("node", "graph.js", args, { GRAPH: graph }),
      ],
      rounds,
    );
    figures.push(pairedFigure(name, what, "ms", net(ours, one), net(bound, empty), 1.15));
  }
  return figures;
}

import { interleaved, ratioFigure, type Figure } from "../lib/measure.ts";
import type { Workspace } from "../lib/workspace.ts";

/** The same graphs twice: as pipelines, and as the least that Node can do, \`spawn\` with two pipes in the same order. */
const GRAPHS = `
export const graphs = {
  wide: { concurrency: 8, nodes: Array.from({ length: 200 }, () => []) },
  chain: { concurrency: 8, nodes: Array.from({ length: 200 }, (_, i) => (i === 0 ? [] : [i - 1])) },
  layers: {
    concurrency: 8,
    nodes: Array.from({ length: 1000 }, (_, i) => (i < 100 ? [] : [0, 1, 2].map((k) => (Math.floor(i / 100) - 1) * 100 + ((i + k) % 100)))),
  },
};
`;
const PIPELINE = `import { pipeline, sh } from "sluice";
import { graphs } from "./graphs.js";
const { nodes } = graphs[process.env.GRAPH];
pipeline({ name: "graph" }, (p) => {
  const stage = p.stage("all");
  const refs = [];
  nodes.forEach((needs, index) => refs.push(stage.job("n" + index, sh\`true\`, { after: needs.map((need) => refs[need]) })));
}).main();
`;
const BOUND = `import { spawn } from "node:child_process";
import { graphs } from "./graphs.js";
const { nodes, concurrency } = graphs[process.env.GRAPH];
const left = nodes.map((needs) => needs.length);
const dependents = nodes.map(() => []);
nodes.forEach((needs, index) => needs.forEach((need) => dependents[need].push(index)));
const ready = left.flatMap((count, index) => (count === 0 ? [index] : []));
let running = 0;
function pump() {
  while (running < concurrency && ready.length > 0) {
    const index = ready.shift();
    running++;
    const child = spawn("true", { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", () => {});
    child.stderr.on("data", () => {});
    child.on("close", () => {
      running--;
      for (const next of dependents[index]) if (--left[next] === 0) ready.push(next);
      pump();
    });
  }
}
pump();
`;

/** W2, W3 and W4, net of what starting Node and loading costs: for ours, a run of one job. */
export async function processes(workspace: Workspace, rounds: number): Promise<Figure[]> {
  workspace.write("graphs.js", GRAPHS);
  workspace.write("graph.js", PIPELINE);
  workspace.write("bound.js", BOUND);
  const figures: Figure[] = [];
  for (const [name, graph, what] of [
    ["W2", "wide", "200 wide, 8 at once"],
    ["W3", "chain", "chain of 200"],
    ["W4", "layers", "1,000 in 10 layers, 8 at once"],
  ] as const) {
    const args = ["--reporter", "plain", "--concurrency", "8"];
    const [empty = 0, one = 0, bound = 0, ours = 0] = await interleaved(
      [
        workspace.command("node", "empty.js"),
        workspace.command("node", "one.js", args),
        workspace.command("node", "bound.js", [], { GRAPH: graph }),
        workspace.command("node", "graph.js", args, { GRAPH: graph }),
      ],
      rounds,
    );
    figures.push(ratioFigure(name, what, "ms", ours - one, bound - empty, 1.15));
  }
  return figures;
}

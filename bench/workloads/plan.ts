import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Figure, median, rounds as measure } from "../lib/measure.ts";
import { net } from "../lib/statistics.ts";
import type { Workspace } from "../lib/workspace.ts";

const TSC = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));

const chained = (jobs: number): string => `import { pipeline, sh } from "sluice";
export const pipe = pipeline({ name: "typed" }, (p) => {
  const stage = p.stage("a");
  const j0 = stage.job("j0", sh\`true\`);
${Array.from({ length: jobs - 1 }, (_, index) => `  const j${index + 1} = stage.job("j${index + 1}", sh\`echo \${j${index}.stdout}\`);`).join("\n")}
  void j${jobs - 1};
});
pipe.main();
`;

/** W8: `plan` of 50 nodes over an empty program, and what `tsc` pays for 200 and 400 chained jobs over one. */
export async function plan(workspace: Workspace, rounds: number): Promise<Figure[]> {
  workspace.write("plan.ts", chained(50));
  for (const jobs of [1, 200, 400]) workspace.write(`typed-${jobs}.ts`, chained(jobs));
  const flags = ["--noEmit", "--strict", "--skipLibCheck", "--module", "NodeNext", "--target", "ES2022"];
  const check = (jobs: number) => ({
    file: process.execPath,
    args: [TSC, ...flags, join(workspace.root, `typed-${jobs}.ts`)],
    cwd: workspace.root,
  });
  const [empty = [], planned = []] = await measure(
    [workspace.command("npx tsx", "empty.ts"), workspace.command("npx tsx", "plan.ts", ["plan"])],
    rounds,
  );
  const [one = [], many = [], more = []] = await measure(
    [check(1), check(200), check(400)],
    Math.min(rounds, 3),
  );
  const extra = median(net(planned, empty));
  const types = median(net(many, one));
  const twice = median(net(more, one));
  return [
    {
      workload: "W8",
      what: "plan of 50 nodes, over an empty program",
      unit: "ms",
      ours: extra,
      bound: Number.NaN,
      ratio: undefined,
      budget: "<= 100 ms",
      ok: extra <= 100,
    },
    {
      workload: "W8",
      what: "tsc of 200 chained jobs, over one job",
      unit: "ms",
      ours: types,
      bound: Number.NaN,
      ratio: undefined,
      budget: "< 1,000 ms",
      ok: types < 1_000,
    },
    {
      workload: "W8",
      what: "tsc of 400 chained jobs against 200",
      unit: "ms",
      ours: twice,
      bound: types,
      ratio: twice / types,
      budget: "<= 2.5x",
      ok: twice / types <= 2.5,
    },
  ];
}

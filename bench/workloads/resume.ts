import { median, timed, type Figure } from "../lib/measure.ts";
import type { Workspace } from "../lib/workspace.ts";

/** 10,000 jobs that each leave some 5 KB, and one that fails as often as it is run, so that each round finds the same. */
const PROGRAM = `import { pipeline, run } from "sluice";
const left = (index) => ({
  index,
  cases: Array.from({ length: 90 }, (_, at) => ({ name: "case " + at + " of job " + index, ok: true, ms: at * 7 + 0.25 })),
});
const pipe = pipeline({ name: "large" }, (p) => {
  const stage = p.stage("all");
  let before = [];
  for (let layer = 0; layer < 10; layer++) {
    before = Array.from({ length: 1000 }, (_, at) => {
      const index = layer * 1000 + at;
      return stage.job("n" + index, () => left(index), { after: before.length === 0 ? [] : [0, 1, 2].map((k) => before[(at + k) % 1000]) });
    });
  }
  p.stage("last").job("last", () => {
    first = performance.now() - begin;
    throw new Error("again");
  });
});
let first;
const begin = performance.now();
await run(pipe, process.argv[2] === "resume" ? { run: "large", resume: {} } : { run: "large" });
console.log(JSON.stringify({ first }));
`;
const MOST = 1_000;

/** W9: from the call of `run` to the start of the first job, where all else of a large run has succeeded. */
export async function resume(workspace: Workspace, rounds: number): Promise<Figure[]> {
  workspace.write("large.js", PROGRAM);
  await timed(workspace.command("node", "large.js"));
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await timed(workspace.command("node", "large.js", ["resume"]));
    times.push((JSON.parse(stdout) as { first: number }).first);
  }
  const ours = median(times);
  return [
    {
      workload: "W9",
      what: "resume of 10,000 nodes, a journal of 50 MB, to the first job",
      unit: "ms",
      ours,
      bound: Number.NaN,
      ratio: undefined,
      budget: `<= ${MOST.toLocaleString("en")} ms`,
      ok: ours <= MOST,
    },
  ];
}

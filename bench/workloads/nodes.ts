import { fileURLToPath, pathToFileURL } from "node:url";
import type { EngineFigure } from "../parts/engine.ts";
import { median, timed, type Figure } from "../lib/measure.ts";

const PART = fileURLToPath(new URL("../parts/engine.ts", import.meta.url));
const TSX = pathToFileURL(
  fileURLToPath(new URL("../../node_modules/tsx/dist/loader.mjs", import.meta.url)),
).href;
const BUDGET = { memory: 5, file: 15 } as const;

/** W5: the engine on functions that do nothing, in processes of their own. */
export async function nodes(rounds: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const journal of ["memory", "file"] as const) {
    const perNode = new Map<number, number>();
    for (const count of [1_000, 10_000, 100_000]) {
      const runs: EngineFigure[] = [];
      for (let round = 0; round < rounds; round++) {
        const command = {
          file: process.execPath,
          args: ["--import", TSX, PART, String(count), journal],
          cwd: process.cwd(),
        };
        runs.push(JSON.parse((await timed(command)).stdout) as EngineFigure);
      }
      const ours = median(runs.map((run) => run.run));
      perNode.set(count, ours);
      figures.push({
        workload: "W5",
        what: `${count.toLocaleString("en")} functions, ${journal} journal`,
        unit: "us/node",
        ours,
        bound: Number.NaN,
        ratio: undefined,
        budget: `<= ${BUDGET[journal]} us`,
        ok: ours <= BUDGET[journal],
      });
      if (count !== 100_000) continue;
      const rss = median(runs.map((run) => run.rss));
      figures.push({
        workload: "W5",
        what: `memory at 100,000, ${journal} journal`,
        unit: "MiB",
        ours: rss,
        bound: Number.NaN,
        ratio: undefined,
        budget: "<= 250 MiB",
        ok: rss <= 250,
      });
      const growth = ours / (perNode.get(1_000) ?? Number.NaN);
      figures.push({
        workload: "W5",
        what: `growth from 1,000 to 100,000, ${journal} journal`,
        unit: "us/node",
        ours,
        bound: perNode.get(1_000) ?? Number.NaN,
        ratio: growth,
        budget: "<= 1.3x",
        ok: growth <= 1.3,
      });
    }
  }
  return figures;
}

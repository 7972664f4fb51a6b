import { fileURLToPath, pathToFileURL } from "node:url";
import type { EngineFigure } from "../parts/engine.ts";
import { type Figure, median, pairedFigure, timed } from "../lib/measure.ts";
import { turns } from "../lib/statistics.ts";

const PART = fileURLToPath(new URL("../parts/engine.ts", import.meta.url));
const TSX = pathToFileURL(
  fileURLToPath(new URL("../../node_modules/tsx/dist/loader.mjs", import.meta.url)),
).href;
const BUDGET = { memory: 5, file: 15 } as const;

const COUNTS = [1_000, 10_000, 100_000] as const;

/** W5: the engine on functions that do nothing, each measurement in a process of its own, all in rounds. */
export async function nodes(rounds: number): Promise<Figure[]> {
  const cells = (["memory", "file"] as const).flatMap((journal) =>
    COUNTS.map((count) => ({ journal, count, runs: [] as EngineFigure[] })),
  );
  for (let round = 0; round < rounds; round++)
    for (const index of turns(cells.length, round)) {
      const { journal, count, runs } = cells[index]!;
      const args = ["--import", TSX, PART, String(count), journal];
      const { stdout } = await timed({ file: process.execPath, args, cwd: process.cwd() });
      runs.push(JSON.parse(stdout) as EngineFigure);
    }
  const of = (journal: "memory" | "file", count: number): readonly EngineFigure[] =>
    cells.find((cell) => cell.journal === journal && cell.count === count)?.runs ?? [];
  return (["memory", "file"] as const).flatMap((journal) => [
    ...COUNTS.map((count) =>
      atMost(
        `${count.toLocaleString("en")} functions, ${journal} journal`,
        "us/node",
        median(of(journal, count).map(({ run }) => run)),
        BUDGET[journal],
      ),
    ),
    atMost(
      `memory at 100,000, ${journal} journal`,
      "MiB",
      median(of(journal, 100_000).map(({ rss }) => rss)),
      250,
    ),
    pairedFigure(
      "W5",
      `growth from 1,000 to 100,000, ${journal} journal`,
      "us/node",
      of(journal, 100_000).map(({ run }) => run),
      of(journal, 1_000).map(({ run }) => run),
      1.3,
    ),
  ]);
}

function atMost(what: string, unit: "us/node" | "MiB", ours: number, most: number): Figure {
  const budget = `<= ${most} ${unit === "MiB" ? "MiB" : "us"}`;
  return { workload: "W5", what, unit, ours, bound: Number.NaN, ratio: undefined, budget, ok: ours <= most };
}

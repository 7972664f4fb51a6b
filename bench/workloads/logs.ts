import { join } from "node:path";
import { prefixLines } from "../lib/bounds.ts";
import { type Ended, type Figure, median, timed } from "../lib/measure.ts";
import { LOG_LINES, LOG_MIB, logPipeline, secretVariables, writeLog } from "../lib/samples.ts";
import { pairedRatio, turns } from "../lib/statistics.ts";
import type { Workspace } from "../lib/workspace.ts";

/**
 * Says on stderr what was resident at most. Not `resourceUsage().maxRSS`: that begins with what the process that
 * started it had at the time.
 */
const REPORT_MEMORY = `import { readFileSync } from "node:fs";
process.on("exit", () => {
  const peak = /^VmHWM:\\s+(\\d+)/m.exec(readFileSync("/proc/self/status", "utf8"));
  process.stderr.write("rss " + peak[1] + "\\n");
});
`;

/** W6: 100 MiB of 80-byte lines through a job: recorded to disk, masked against 20 secrets, prefixed, to a pipe. */
export async function logs(workspace: Workspace, rounds: number): Promise<Figure[]> {
  const lines = join(workspace.root, "lines.txt");
  writeLog(lines);
  workspace.write("logs.js", `${REPORT_MEMORY}${logPipeline(lines)}`);
  workspace.write("logs-bound.js", prefixLines(lines));
  const commands = [
    workspace.command("node", "logs-bound.js"),
    workspace.command("node", "logs.js", ["--reporter", "plain"], secretVariables()),
  ];
  const ends: Ended[][] = [[], []];
  for (let round = -1; round < rounds; round++)
    for (const index of turns(commands.length, round)) {
      const ended = await timed(commands[index]!);
      if (ended.bytes < LOG_LINES * 80) throw new Error(`only ${ended.bytes} bytes of the log came out`);
      if (round >= 0) ends[index]?.push(ended);
    }
  const [bound, ours] = ends.map((all) => all.map(({ ms }) => (LOG_MIB * 1_000) / ms)) as [
    number[],
    number[],
  ];
  const ratio = pairedRatio(ours, bound);
  const rss = median((ends[1] ?? []).map((ended) => ended.rss));
  return [
    {
      workload: "W6",
      what: "100 MiB of lines, masked against 20 secrets",
      unit: "MiB/s",
      ours: median(ours),
      bound: median(bound),
      ratio,
      budget: ">= 0.8x",
      ok: ratio >= 0.8,
    },
    {
      workload: "W6",
      what: "memory meanwhile",
      unit: "MiB",
      ours: rss,
      bound: Number.NaN,
      ratio: undefined,
      budget: "<= 100 MiB",
      ok: rss <= 100,
    },
  ];
}

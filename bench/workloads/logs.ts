import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { median, timed, type Figure } from "../lib/measure.ts";
import type { Workspace } from "../lib/workspace.ts";

const MIB = 100;
const SECRETS = 20;
const PIPELINE = `import { env, pipeline, sh } from "sluice";
const names = Array.from({ length: ${SECRETS} }, (_, i) => "S" + i);
pipeline({ name: "logs", secrets: Object.fromEntries(names.map((name) => [name, env(name)])) }, (p, { secrets }) => {
  p.stage("a").job("cat", sh({ env: secrets })\`cat lines.txt\`);
}).main();
process.on("exit", () => process.stderr.write("rss " + process.resourceUsage().maxRSS + "\\n"));
`;
/** The bound: the same file by the same pipe, each line prefixed, chunk by chunk, nothing else. */
const BOUND = `import { spawn } from "node:child_process";
const prefix = Buffer.from("a/cat | ");
const child = spawn("cat", ["lines.txt"], { stdio: ["ignore", "pipe", "inherit"] });
let fresh = true;
child.stdout.on("data", (chunk) => {
  const parts = [];
  let from = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
    if (fresh) parts.push(prefix);
    parts.push(chunk.subarray(from, at + 1));
    fresh = true;
    from = at + 1;
  }
  if (from < chunk.length) {
    if (fresh) parts.push(prefix);
    parts.push(chunk.subarray(from));
    fresh = false;
  }
  if (!process.stdout.write(Buffer.concat(parts))) {
    child.stdout.pause();
    process.stdout.once("drain", () => child.stdout.resume());
  }
});
`;

/** W6: 100 MiB of 80-byte lines through a job: recorded to disk, masked against 20 secrets, prefixed, to a pipe. */
export async function logs(workspace: Workspace, rounds: number): Promise<Figure[]> {
  const fd = openSync(join(workspace.root, "lines.txt"), "w");
  const line = "2026-01-01T00:00:00.000Z INFO request served path=/query status=200 took=12ms ok";
  const block = Buffer.from(`${line.padEnd(79).slice(0, 79)}\n`.repeat(13_107));
  for (let written = 0; written < MIB * 1_048_576;) written += writeSync(fd, block);
  closeSync(fd);
  workspace.write("logs.js", PIPELINE);
  workspace.write("logs-bound.js", BOUND);
  const env = Object.fromEntries(
    Array.from({ length: SECRETS }, (_, index) => [`S${index}`, `secret-${index}-${"x7Qp".repeat(6)}`]),
  );
  const times: { ours: number[]; bound: number[]; rss: number[] } = { ours: [], bound: [], rss: [] };
  for (let round = -1; round < rounds; round++) {
    const bound = await timed(workspace.command("node", "logs-bound.js"));
    const ours = await timed(workspace.command("node", "logs.js", ["--reporter", "plain"], env));
    if (round < 0) continue;
    times.bound.push(bound.ms);
    times.ours.push(ours.ms);
    times.rss.push(ours.rss);
  }
  const speed = (ms: number): number => (MIB * 1_000) / ms;
  const ours = speed(median(times.ours));
  const bound = speed(median(times.bound));
  const rss = median(times.rss);
  return [
    {
      workload: "W6",
      what: "100 MiB of lines, masked against 20 secrets",
      unit: "MiB/s",
      ours,
      bound,
      ratio: ours / bound,
      budget: ">= 0.8x",
      ok: ours / bound >= 0.8,
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

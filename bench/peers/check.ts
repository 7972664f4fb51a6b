import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, timed } from "../lib/measure.ts";
import { LOG_LINES } from "../lib/samples.ts";
import type { Site } from "./peer.ts";
import { residentMiB } from "./processes.ts";
import { inputText } from "./site.ts";
import { readTrace } from "./trace.ts";
import type { Work } from "./work.ts";

/** What runs that are not timed have shown. */
export interface Checked {
  /** Of one run, with a trace. */
  readonly ms: number;
  /** The most jobs seen under way at once. */
  readonly peak: number;
  /** MiB of all its processes, the most that was seen in samples; only for logs. */
  readonly memory?: number;
}

/** A second run to look at costs too much of these. */
const SLOW_MS = 10_000;

/** Runs once, and again where that takes no time, and looks whether every job ran, in both, as the graph demands. */
export async function checkGraph(
  command: Command,
  work: Work,
  log: string,
  timeoutMs: number,
): Promise<Checked> {
  const first = await traced(command, work, log, timeoutMs);
  if (first.ms < SLOW_MS) await traced(command, work, log, timeoutMs);
  return first;
}

async function traced(command: Command, work: Work, log: string, timeoutMs: number): Promise<Checked> {
  writeFileSync(log, "");
  const { ms } = await timed(command, { timeoutMs });
  const { peak, problem } = readTrace(readFileSync(log, "utf8"), work);
  if (problem !== undefined) throw new Error(`checked and found wrong: ${problem}`);
  return { ms, peak };
}

/** For the log: whether every line came out, longer than it went in; and how much memory that took. */
export async function checkLog(command: Command, root: string, timeoutMs: number): Promise<Checked> {
  let lines = 0;
  let memory = 0;
  const sampling = setInterval(() => (memory = Math.max(memory, residentMiB(root, "cat"))), 100);
  const count = (chunk: Buffer): void => {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
  };
  const ended = await timed(command, { timeoutMs, onStdout: count }).finally(() => clearInterval(sampling));
  if (lines < LOG_LINES) throw new Error(`checked and found wrong: ${lines} of ${LOG_LINES} lines came out`);
  if (ended.bytes < LOG_LINES * 82) throw new Error("checked and found wrong: the lines have no prefix");
  return { ms: ended.ms, peak: 1, memory };
}

/**
 * For the cache: a first run must run everything, a second one nothing, and a third, after one input has changed, that
 * one job. What is timed afterwards is a run like the second.
 */
export async function checkCache(
  command: Command,
  work: Work,
  log: string,
  site: Site,
  timeoutMs: number,
): Promise<Checked> {
  const first = await traced(command, work, log, timeoutMs);
  const again = await jobsRun(command, log, timeoutMs);
  if (again.length > 0)
    throw new Error(`checked and found wrong: ${again.length} jobs ran again without reason`);
  const changed = work.jobs[work.jobs.length >> 1];
  if (changed?.files === undefined) return first;
  site.write(changed.files.input, inputText(changed.id, 1));
  const after = await jobsRun(command, log, timeoutMs);
  if (after.join() !== changed.id)
    throw new Error(`checked and found wrong: one input had changed, and ${after.length} jobs ran`);
  const output = join(site.root, changed.files.output);
  if (!existsSync(output) || readFileSync(output, "utf8") !== inputText(changed.id, 1))
    throw new Error("checked and found wrong: an output is not that of its input");
  writeFileSync(log, "");
  return first;
}

async function jobsRun(command: Command, log: string, timeoutMs: number): Promise<string[]> {
  writeFileSync(log, "");
  await timed(command, { timeoutMs });
  return readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("+"))
    .map((line) => line.slice(1));
}

import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";

/** One line of the table: ours against a bound measured in the same run. */
export interface Figure {
  readonly workload: string;
  readonly what: string;
  readonly ours: number;
  readonly bound: number;
  readonly unit: "ms" | "us/node" | "MiB/s" | "MiB";
  /** Ours over the bound; `undefined` where the budget is an absolute one. */
  readonly ratio: number | undefined;
  readonly budget: string;
  readonly ok: boolean;
}

export interface Ended {
  readonly ms: number;
  readonly stdout: string;
  /** MiB, the most that was resident. */
  readonly rss: number;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end. Its output is read and counted, as a terminal or CI would; a failure is an error. */
export async function timed(command: Command): Promise<Ended> {
  const begin = performance.now();
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: { ...process.env, ...command.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    if (stdout.length < 65_536) stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  const ms = performance.now() - begin;
  if (code !== 0)
    throw new Error(
      `${command.file} ${command.args.join(" ")} ended with ${String(code)}\n${stdout}${stderr}`,
    );
  return { ms, stdout, rss: Number(/rss (\d+)/.exec(stderr)?.[1] ?? 0) / 1024 };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Medians of several commands, in rounds that take turns, so that what else the machine does falls on all alike. */
export async function interleaved(commands: readonly Command[], rounds: number): Promise<number[]> {
  const times = commands.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, command] of commands.entries()) {
      const { ms } = await timed(command);
      // The first round fills caches.
      if (round >= 0) times[index]?.push(ms);
    }
  }
  return times.map(median);
}

/** A figure whose budget is a ratio to its bound. */
export function ratioFigure(
  workload: string,
  what: string,
  unit: Figure["unit"],
  ours: number,
  bound: number,
  most: number,
): Figure {
  const ratio = ours / bound;
  return { workload, what, unit, ours, bound, ratio, budget: `<= ${most}x`, ok: ratio <= most };
}

export function table(figures: readonly Figure[]): string {
  const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
  const rows = [
    ["", "workload", "ours", "bound", "ratio", "budget", ""],
    ...figures.map((one) => [
      one.workload,
      one.what,
      `${number(one.ours)} ${one.unit}`,
      Number.isNaN(one.bound) ? "" : `${number(one.bound)} ${one.unit}`,
      one.ratio === undefined ? "" : `${one.ratio.toFixed(2)}x`,
      one.budget,
      one.ok ? "ok" : "over",
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

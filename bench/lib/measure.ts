import { markdownTable, textTable } from "./markdown.ts";
import { median, pairedRatio, turns } from "./statistics.ts";
import { type Command, timed } from "./timed.ts";

export { median } from "./statistics.ts";
export { type Command, type Ended, timed, type TimedOptions } from "./timed.ts";

/** One line of the table: ours against a bound measured in the same run. */
export interface Figure {
  readonly workload: string;
  readonly what: string;
  readonly ours: number;
  /** `NaN`, or `null` as JSON has it, where there is none. */
  readonly bound: number | null;
  readonly unit: "ms" | "us/node" | "MiB/s" | "MiB";
  /** Ours over the bound; `undefined` where the budget is an absolute one. */
  readonly ratio: number | undefined;
  readonly budget: string;
  readonly ok: boolean;
}

/**
 * The times of several commands, by round: `times[command][round]`, in milliseconds. They take turns, so that what else
 * the machine does falls on all alike, and each round begins with another one, so that none always follows the heaviest.
 */
export async function rounds(commands: readonly Command[], count: number): Promise<number[][]> {
  const times = commands.map((): number[] => []);
  for (let round = -1; round < count; round++) {
    for (const index of turns(commands.length, round)) {
      const { ms } = await timed(commands[index] as Command);
      // The first round fills caches.
      if (round >= 0) times[index]?.push(ms);
    }
  }
  return times;
}

/** Medians of {@link rounds}. */
export async function interleaved(commands: readonly Command[], count: number): Promise<number[]> {
  return (await rounds(commands, count)).map(median);
}

/** A figure whose budget is a ratio to its bound: medians, and the median of the rounds' ratios. */
export function pairedFigure(
  workload: string,
  what: string,
  unit: Figure["unit"],
  ours: readonly number[],
  bound: readonly number[],
  most: number,
): Figure {
  const ratio = pairedRatio(ours, bound);
  return {
    ...ratioFigure(workload, what, unit, median(ours), median(bound), most),
    ratio,
    ok: ratio <= most,
  };
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
  return textTable(HEAD, rowsOf(figures));
}

/** The same as Markdown. */
export function figuresMarkdown(figures: readonly Figure[]): string {
  return markdownTable(HEAD.with(-1, "verdict"), rowsOf(figures));
}

const HEAD = ["", "workload", "ours", "bound", "ratio", "budget", ""];

function rowsOf(figures: readonly Figure[]): string[][] {
  const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
  return figures.map((one) => [
    one.workload,
    one.what,
    `${number(one.ours)} ${one.unit}`,
    isFigure(one.bound) ? `${number(one.bound)} ${one.unit}` : "",
    isFigure(one.ratio) ? `${one.ratio.toFixed(2)}x` : "",
    one.budget,
    one.ok ? "ok" : "over",
  ]);
}

/** JSON makes `null` of what is not a number. */
function isFigure(value: number | null | undefined): value is number {
  return Number.isFinite(value);
}

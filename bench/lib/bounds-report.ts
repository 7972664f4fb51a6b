import { describeMachine, type Machine } from "./machine.ts";
import { type Figure, figuresMarkdown } from "./measure.ts";

/** What `npm run bench -- --json` writes, the version of its form included; see docs/benchmarking.md. */
export interface BoundsReport {
  readonly schema: "sluice-bench/1";
  readonly kind: "bounds";
  readonly machine: Machine;
  readonly rounds: number;
  readonly figures: readonly Figure[];
}

export function boundsReport(machine: Machine, rounds: number, figures: readonly Figure[]): BoundsReport {
  return { schema: "sluice-bench/1", kind: "bounds", machine, rounds, figures };
}

export function summaryOf({ machine, rounds }: BoundsReport): string {
  return `Taken on ${describeMachine(machine)}; medians of ${rounds} rounds that take turns.`;
}

export function boundsMarkdown(report: BoundsReport): string {
  return `${summaryOf(report)}\n\n${figuresMarkdown(report.figures)}`;
}

/** Whether a parsed file is a report of this form. */
export function isBoundsReport(value: unknown): value is BoundsReport {
  const report = value as Partial<BoundsReport> | null;
  return report?.schema === "sluice-bench/1" && report.kind === "bounds" && Array.isArray(report.figures);
}

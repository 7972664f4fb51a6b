import type { Machine } from "../lib/machine.ts";
import { spread, type Spread } from "../lib/statistics.ts";
import type { WorkloadName } from "./work.ts";

/** What `--json` writes, the version of its form included; see docs/benchmarking.md. */
export interface PeersReport {
  readonly schema: "sluice-bench/1";
  readonly kind: "peers";
  readonly machine: Machine;
  /** Asked for; a row has fewer `values` where it took longer than `cellSeconds`. */
  readonly rounds: number;
  readonly cellSeconds: number;
  readonly seconds: number;
  readonly results: readonly PeerResult[];
}

/** One row: a peer in a workload. */
export interface PeerResult {
  readonly workload: WorkloadName;
  readonly peer: string;
  readonly kind: "bound" | "ours" | "peer";
  readonly version: string;
  readonly note: string;
  readonly unit: "ms" | "us/node";
  /** One for each round, in their order; empty where there is a `reason`. */
  readonly values: readonly number[];
  /** Of the values; absent where there are none. */
  readonly spread?: Spread;
  /** The most jobs seen under way at once in the run that was checked. */
  readonly peak?: number;
  /** MiB: of logs, all processes together in samples; of functions, the most that the process had. */
  readonly memoryMiB?: number;
  /** Processes that the peer left running, which were ended. */
  readonly leftOver?: readonly string[];
  /** Why there is no figure. */
  readonly reason?: string;
}

export function withValues(
  row: Omit<PeerResult, "values" | "spread" | "reason">,
  values: readonly number[],
): PeerResult {
  const rounded = values.map((value) => Number(value.toPrecision(5)));
  return rounded.length === 0 ? { ...row, values: [] } : { ...row, values: rounded, spread: spread(rounded) };
}

/** Whether a parsed file is a report of this form. */
export function isPeersReport(value: unknown): value is PeersReport {
  const report = value as Partial<PeersReport> | null;
  return report?.schema === "sluice-bench/1" && report.kind === "peers" && Array.isArray(report.results);
}

import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";

/** Where something was measured. */
export interface Machine {
  readonly processor: string;
  /** How many processors a process may use. */
  readonly processors: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** `false` too where it cannot be told. */
  readonly virtual: boolean;
  /** Load averages over 1, 5 and 15 minutes before the first measurement. */
  readonly load: readonly number[];
}

/** Above this load the machine is doing something else, and figures tell less. */
export const QUIET = 1.5;

export function machine(): Machine {
  return {
    processor: cpus()[0]?.model ?? "unknown",
    processors: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    node: process.version,
    virtual: isVirtual(),
    load: loadavg().map((value) => Math.round(value * 100) / 100),
  };
}

export function describeMachine(one: Machine): string {
  const kind = one.virtual ? "a virtual machine" : "a machine";
  const noise = (one.load[0] ?? 0) > QUIET ? ", so it was not quiet" : "";
  return `${kind} with ${one.processors} processors (${one.processor}) and ${one.memoryGiB} GiB, ${one.kernel}, Node ${one.node.slice(1)}, load ${(one.load[0] ?? 0).toFixed(2)} at the start${noise}`;
}

/** A hypervisor tells its guests by a flag of the processor. */
function isVirtual(): boolean {
  try {
    return /^flags\s*:.*\bhypervisor\b/m.test(readFileSync("/proc/cpuinfo", "utf8"));
  } catch {
    return false;
  }
}

/** Says on stderr that what else the machine does is measured too. */
export function warnIfBusy(one: Machine): void {
  const [load = 0] = one.load;
  if (load > QUIET)
    console.error(
      `warning: the load of this machine is ${load}, above ${QUIET}; look at ratios only, or wait`,
    );
}

import { SluiceError } from "../../errors/index.ts";
import type { RunEvent, RunOwner } from "../../model/index.ts";
import { isAlive, thisProcess } from "../../util/process/identity.ts";
import { machineName } from "../../util/process/machine.ts";

/** This process, as a run's journal names it. */
export function ownOwner(): RunOwner {
  return { ...thisProcess(), machine: machineName() };
}

/** The process that is at a run right now, by its journal; `undefined` where it has ended or is gone. */
export function liveOwner(events: readonly RunEvent[]): RunOwner | undefined {
  let owner: RunOwner | undefined;
  for (const event of events) {
    if (event.type === "run.started") owner = event.owner;
    else if (event.type === "run.finished") owner = undefined;
  }
  if (owner === undefined) return undefined;
  // On another machine it cannot be looked at, so it counts as alive.
  return owner.machine !== machineName() || isAlive(owner) ? owner : undefined;
}

/** The error for a run that another process is at. */
export function busy(run: string, pid: number, host: string): SluiceError {
  return new SluiceError("RUN_BUSY", `run ${run} is being run by process ${pid} on ${host}`, {
    hint: "Wait for it, or end that process first.",
  });
}

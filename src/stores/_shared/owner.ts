import { SluiceError } from "../../errors/index.ts";
import type { RunEvent, RunOwner } from "../../model/index.ts";
import { isAlive, thisProcess } from "../../util/process/identity.ts";
import { machineName } from "../../util/process/machine.ts";

/** This process, as a run's journal names it. */
export function ownOwner(): RunOwner {
  return { ...thisProcess(), machine: machineName() };
}

/**
 * The process that is at a run right now, by its journal; `undefined` where it has ended or is gone. `maker` is the
 * process that made the run, which counts until one has said that it began.
 */
export function liveOwner(events: readonly RunEvent[], maker?: RunOwner): RunOwner | undefined {
  let owner = maker;
  for (const event of events) {
    if (event.type === "run.started") owner = event.owner;
    else if (event.type === "run.finished") owner = undefined;
  }
  if (owner === undefined) return undefined;
  // On another machine it cannot be looked at, so it counts as alive.
  return isOfOtherMachine(owner) || isAlive(owner) ? owner : undefined;
}

/** The error for a run that another process is at. */
export function busy(run: string, owner: string, elsewhere: boolean): SluiceError {
  const more = elsewhere
    ? " It cannot be looked at from here: where it is gone for good, go on with resume --take-over."
    : "";
  return new SluiceError("RUN_BUSY", `run ${run} is being run by ${owner}`, {
    hint: `Wait for it, or end that process first.${more}`,
  });
}

/** Whether a process is on another machine, where it cannot be looked at. */
export function isOfOtherMachine({ machine }: RunOwner): boolean {
  return machine !== machineName();
}

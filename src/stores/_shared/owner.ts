import { SluiceError } from "../../errors/index.ts";
import type { RunEvent, RunOwner } from "../../model/index.ts";
import { isAlive, thisProcess } from "../../util/process/identity.ts";
import { machineName } from "../../util/process/machine.ts";

/** This process, as a run's journal names it. */
export function ownOwner(): RunOwner {
  return { ...thisProcess(), machine: machineName() };
}

/**
 * The processes that are at a run right now, by its journal: the one that runs it first, then those that run parts of it.
 * `maker` is the process that made the run, which counts until one has said that it began.
 */
export function liveOwners(events: readonly RunEvent[], maker?: RunOwner): readonly RunOwner[] {
  let owner = maker;
  let guests: RunOwner[] = [];
  for (const event of events) {
    if (event.type === "run.started" && event.partial === true) {
      if (owner !== undefined && isSame(owner, event.owner)) owner = undefined;
      if (event.owner !== undefined) guests.push(event.owner);
    } else if (event.type === "run.started") {
      // Whoever goes on with a run has made sure that nobody else is at it.
      [owner, guests] = [event.owner, []];
    } else if (event.type === "run.finished") {
      if (event.partial === true) guests = without(guests, event.owner);
      else owner = undefined;
    }
  }
  // On another machine it cannot be looked at, so it counts as alive.
  return [owner, ...guests].filter(
    (one): one is RunOwner => one !== undefined && (isOfOtherMachine(one) || isAlive(one)),
  );
}

/** Whether the process runs only a part of the run. */
export function isGuest(events: readonly RunEvent[], owner: RunOwner): boolean {
  const began = events.findLast((event) => event.type === "run.started" && isSame(owner, event.owner));
  return began?.type === "run.started" && began.partial === true;
}

function without(owners: readonly RunOwner[], gone: RunOwner | undefined): RunOwner[] {
  const at = owners.findIndex((one) => isSame(one, gone));
  return at === -1 ? [...owners] : owners.toSpliced(at, 1);
}

export function isSame(one: RunOwner, other: RunOwner | undefined): boolean {
  return one.pid === other?.pid && one.start === other.start && one.machine === other.machine;
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

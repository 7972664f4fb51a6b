import { readdirSync, readFileSync } from "node:fs";
import {
  identify,
  isAlive,
  isOfThisBoot,
  statFields,
  type ProcessIdentity,
} from "../../../util/process/identity.ts";

/**
 * Signals the whole group that `leader` leads. Does nothing, and says false, where the leader is not the process that
 * was recorded: a recycled pid is never signalled.
 */
export function signalGroup(leader: ProcessIdentity, signal: NodeJS.Signals): boolean {
  return isAlive(leader) && kill(-leader.pid, signal);
}

/** Whether a group has members, its leader or others. A zombie that nobody collects, as in a container, is none. */
export function groupExists(leader: ProcessIdentity): boolean {
  if (!kill(-leader.pid, 0)) return false;
  return process.platform !== "linux" || membersOf(leader).length > 0;
}

/**
 * Ends what a group's leader left behind, right after it was seen to end. As long as one member lives the system
 * does not give the number to anybody else; where somebody else has it, nothing is signalled.
 */
export function sweepGroup(leader: ProcessIdentity): void {
  if (isOfThisBoot(leader) && identify(leader.pid) === undefined) kill(-leader.pid, "SIGKILL");
}

/**
 * Ends what is left of a group whose leader ended while nobody watched. Such a number may belong to others by now, so a
 * member must carry `marker` in its environment. Works where there is a `/proc`; elsewhere nothing is found.
 */
export function sweepMarked(leader: ProcessIdentity, marker: string): void {
  if (!isOfThisBoot(leader) || isAlive(leader)) return;
  for (const pid of membersOf(leader)) {
    if (environmentOf(pid).includes(marker)) kill(pid, "SIGKILL");
  }
}

function membersOf(leader: ProcessIdentity): readonly number[] {
  return pidsOfProc().filter((pid) => statFields(pid)?.group === leader.pid && identify(pid) !== undefined);
}

function pidsOfProc(): readonly number[] {
  try {
    return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

function kill(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false; // ended in between
  }
}

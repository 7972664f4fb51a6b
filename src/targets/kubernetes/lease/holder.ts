import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { isAlive, thisProcess, type ProcessIdentity } from "../../../util/process/identity.ts";
import { at, text } from "../readiness/object.ts";

/** Who holds a lease, as an annotation of it says. */
export interface LeaseHolder {
  /** In the words of the one who took it. */
  readonly holder: string;
  /** What it is doing. */
  readonly about: string;
  readonly host: string;
  readonly process: ProcessIdentity;
  /** Within which process ids count: empty where that cannot be told. */
  readonly processes: string;
}

const BOOT = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\//;

export function describeThis(holder: string, about: string): LeaseHolder {
  return { holder, about, host: hostname(), process: thisProcess(), processes: pidNamespace() };
}

/**
 * Whether the holder is a process of this machine, in the same space of process ids: only then can be told whether it
 * lives. Containers of one machine, and of one image, have everything else in common.
 */
export function canBeSeen({ process, processes }: LeaseHolder): boolean {
  const own = thisProcess().start;
  const sameBoot = BOOT.test(own) && process.start.startsWith(own.slice(0, own.indexOf("/") + 1));
  return sameBoot && processes !== "" && processes === pidNamespace();
}

/** Whether the holder has surely ended. */
export function isDead(holder: LeaseHolder): boolean {
  return canBeSeen(holder) && !isAlive(holder.process);
}

export function parseHolder(annotation: string | undefined): LeaseHolder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(annotation ?? "");
  } catch {
    return undefined;
  }
  const pid = at(value, "process", "pid");
  if (typeof pid !== "number") return undefined;
  return {
    holder: text(value, "holder"),
    about: text(value, "about"),
    host: text(value, "host"),
    process: { pid, start: text(value, "process", "start") },
    processes: text(value, "processes"),
  };
}

function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

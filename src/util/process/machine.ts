import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { bootId, thisProcess } from "./identity.ts";

/** The namespace of process ids that a machine begins with has this number on every Linux. */
const OF_THE_MACHINE = "pid:[4026531836]";

/** What Linux says about where a process runs. */
export interface Place {
  /** The machine's id; empty where it has none. */
  readonly id: string;
  readonly host: string;
  readonly boot: string;
  /** The namespace of process ids; `undefined` where it cannot be told. */
  readonly namespace: string | undefined;
}

/**
 * What tells places apart that may share a state folder: the same only where one process can look up another by its id.
 * On Linux that is the machine's id. Containers, which share it or have none, and often a host name too, are known by the
 * boot and the namespace of process ids. Elsewhere always the same, because a laptop's host name changes with the
 * network that it is in.
 */
export function machineName(): string {
  if (process.platform !== "linux") return "";
  return nameOf({ id: machineId(), host: hostname(), boot: bootId(), namespace: pidNamespace() });
}

/** See {@link machineName}. */
export function nameOf({ id, host, boot, namespace }: Place): string {
  if (namespace === OF_THE_MACHINE && id !== "") return id;
  // Where it cannot be told nobody else is the same, so that no one who lives is taken for dead.
  const own = (): string => `${process.pid}-${thisProcess().start}`;
  return `${host}/${boot}/${namespace ?? own()}`;
}

/** `undefined` where it cannot be told. */
export function pidNamespace(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

function machineId(): string {
  try {
    return readFileSync("/etc/machine-id", "utf8").trim();
  } catch {
    return "";
  }
}

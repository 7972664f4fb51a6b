import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { identify } from "../../../util/process/identity.ts";
import type { ReplicaRecord } from "./runtime-file.ts";

/**
 * Waits for a line before it becomes the command. The line comes after the process was recorded; a proxy that is killed
 * before leaves a closed pipe, at which the shell ends by itself, so no process runs that nobody knows of.
 */
const GATE = 'read -r go && exec "$@" </dev/null';

export interface ReplicaStart {
  readonly id: string;
  readonly revision: number;
  readonly index: number;
  readonly port: number;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
}

/** A process that waits at the gate. */
export interface WaitingReplica {
  readonly record: ReplicaRecord;
  readonly child: ChildProcess;
  /** Lets it become the command. */
  go(): void;
}

/** Starts a replica in a session and group of its own, held at the gate. Rejects with what the system reports. */
export async function spawnReplica(start: ReplicaStart): Promise<WaitingReplica> {
  const { id, revision, index, port } = start;
  const log = openSync(start.log, "a", 0o600);
  let child: ChildProcess;
  try {
    child = spawn("/bin/sh", ["-c", GATE, start.command[0] ?? "", ...start.command], {
      cwd: start.cwd,
      env: start.env,
      detached: true,
      stdio: ["pipe", log, log],
    });
  } finally {
    closeSync(log);
  }
  child.stdin?.on("error", () => undefined); // it ended before it read the line; its exit tells
  const fault = new Promise<Error>((resolve) => child.once("error", resolve));
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined)
    throw child.pid === undefined ? await fault : new Error("the process ended at once");
  return {
    record: { id, revision, index, process: identity, port, startedAt: Date.now() },
    child,
    go: () => child.stdin?.end("go\n"),
  };
}

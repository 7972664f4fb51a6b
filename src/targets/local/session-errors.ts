import { SluiceError } from "../../errors/index.ts";
import type { LocalSpec } from "./spec.ts";
import type { LockRecord } from "../../util/state/lock.ts";

/** The error for a target that another process is changing. */
export function busy(name: string, holder: LockRecord, file: string): SluiceError {
  const { owner, host, note, since } = holder;
  const who = `run ${note["run"] ?? "?"} of pipeline "${note["pipeline"] ?? "?"}" (pid ${owner.pid} on ${host})`;
  const when = new Date(since).toISOString();
  return new SluiceError("TARGET_BUSY", `target "${name}" is being changed by ${who} since ${when}`, {
    path: file,
    hint: `Wait for it or end it; if it ran on a machine that is gone, remove ${file}.`,
  });
}

/** The error for a port that the target cannot have. */
export function portTaken(spec: LocalSpec, port: number, problem: string | null = null): SluiceError {
  const detail = problem === null ? "" : ` (${problem})`;
  return new SluiceError(
    "TARGET_STATE",
    `port ${port} of target "${spec.name}" is in use by another program${detail}`,
    {
      hint: `End that program (lsof -i :${port} names it), or give local({ port }) another port.`,
    },
  );
}

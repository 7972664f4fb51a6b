import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { codeOf } from "../../errors/index.ts";

/** A process, told apart from a later one that got the same pid by the moment at which it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque: the boot and the tick of the start on Linux, what `ps` says elsewhere. Only ever compared. */
  readonly start: string;
}

/** The identity of a running process; `undefined` where there is none, or only a zombie that nobody has collected. */
export function identify(pid: number): ProcessIdentity | undefined {
  const start = process.platform === "linux" ? startOnLinux(pid) : startByPs(pid);
  return start === undefined ? undefined : { pid, start };
}

/** Whether this very process still runs. A recycled pid is not it. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.start === identity.start;
}

/**
 * Like {@link isAlive}, and cheap everywhere, for looking again and again: where there is no `/proc`, a process with the
 * pid is taken for the one that had it a moment ago.
 */
export function seemsAlive(identity: ProcessIdentity): boolean {
  if (process.platform === "linux") return isAlive(identity);
  try {
    process.kill(identity.pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** The identity of the process that asks. */
export function thisProcess(): ProcessIdentity {
  return identify(process.pid) ?? { pid: process.pid, start: "unknown" };
}

/** Whether both were started under the same boot of this machine, so that their pids can be compared at all. */
export function isOfThisBoot(identity: ProcessIdentity): boolean {
  return process.platform !== "linux" || identity.start.startsWith(`${bootId()}/`);
}

function startOnLinux(pid: number): string | undefined {
  const fields = statFields(pid);
  if (fields === undefined || fields.state === "X") return undefined;
  // The main thread of a process that is killed may be a zombie while others still hold its ports open.
  if (fields.state === "Z" && fields.threads <= 1) return undefined;
  return `${bootId()}/${fields.start}`;
}

/** What is needed of `/proc/<pid>/stat`. The name in parentheses may hold anything, so counting begins after the last one. */
export function statFields(
  pid: number,
): { state: string; group: number; threads: number; start: string } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    state: fields[0] ?? "X",
    group: Number(fields[2]),
    threads: Number(fields[17]),
    start: fields[19] ?? "",
  };
}

export function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  } catch {
    return "boot";
  }
}

/** What `ps` says about the start, to the second. Used where there is no `/proc`. */
export function startByPs(pid: number): string | undefined {
  // A fixed zone and language, because the text is compared with one that another process has recorded.
  const env = { PATH: "/bin:/usr/bin", LC_ALL: "C", TZ: "UTC" };
  const answer = spawnSync("ps", ["-o", "stat=", "-o", "lstart=", "-p", String(pid)], {
    env,
    encoding: "utf8",
  });
  const [state, ...start] = answer.stdout.trim().split(/\s+/);
  return state === undefined || state === "" || state.startsWith("Z") ? undefined : start.join(" ");
}

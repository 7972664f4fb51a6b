import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { SluiceError } from "../../../errors/index.ts";
import type { Layout } from "../layout.ts";
import { signalGroup } from "../process/group.ts";
import { isAlive, seemsAlive, type ProcessIdentity } from "../../../util/process/identity.ts";
import { unwritable } from "../../../util/state/atomic-file.ts";
import { isElsewhere, lockHolder } from "../../../util/state/lock.ts";
import { ProxyClient } from "./client.ts";
import { PROTOCOL, PROXY_LOCK } from "./protocol.ts";
import { lastLines, logTail } from "./replica-log.ts";
import { readRuntime } from "./runtime-file.ts";
import { proxyScript } from "./script.ts";

const LOOK = 25;
/** Milliseconds that a new proxy has to open its socket; generous, because a machine that deploys is often busy. */
const STARTUP = 30_000;
/** Milliseconds that a proxy found running has for an answer before it is replaced. */
const STUCK = 5_000;
/** Milliseconds that a proxy has to leave before it is killed. */
const LEAVE = 3_000;

/** A proxy that holds its lock, whether it answers or not. */
export interface RunningProxy {
  readonly process: ProcessIdentity;
  readonly client: ProxyClient;
  readonly protocol: number;
}

/** The proxy that runs for a target; `undefined` where none does. */
export async function findProxy(layout: Layout): Promise<RunningProxy | undefined> {
  const lock = await lockHolder(layout.locks, PROXY_LOCK);
  if (lock === undefined) return undefined;
  const { holder, file } = lock;
  if (isElsewhere(holder)) {
    throw new SluiceError("TARGET_BUSY", `the target's proxy runs on another machine, ${holder.host}`, {
      path: file,
      hint: `Give each machine a state folder of its own; if ${holder.host} is gone, remove ${file}.`,
    });
  }
  const socket = holder.note["socket"];
  if (socket === undefined) return undefined;
  return {
    process: holder.owner,
    client: new ProxyClient(socket),
    protocol: Number(holder.note["protocol"]),
  };
}

/** The proxy that answers for a target, started where none does. Replaces one that is stuck or speaks another protocol. */
export async function ensureProxy(
  layout: Layout,
  env: Readonly<Record<string, string>>,
): Promise<RunningProxy> {
  const found = await findProxy(layout);
  if (found?.protocol === PROTOCOL) {
    const gone = (): true | undefined => !isAlive(found.process) || undefined;
    if ((await lookFor(STUCK, async () => ((await answers(found)) ? found : gone()))) === found) return found;
  }
  if (found !== undefined) await endProxyProcess(found.process);
  await readRuntime(layout.runtime); // a corrupted one is named here, where the reader of the error is
  return launch(layout, env);
}

/** Ends the proxy alone; what it has started stays for the next one. */
export async function endProxyProcess(proxy: ProcessIdentity): Promise<void> {
  signalGroup(proxy, "SIGTERM");
  if (await hasEnded(proxy, LEAVE)) return;
  signalGroup(proxy, "SIGKILL");
  await hasEnded(proxy, LEAVE);
}

/** Whether a process ends within `ms`. */
export async function hasEnded(identity: ProcessIdentity, ms: number): Promise<boolean> {
  return (await lookFor(ms, () => !seemsAlive(identity) || undefined)) === true;
}

async function launch(layout: Layout, env: Readonly<Record<string, string>>): Promise<RunningProxy> {
  let log: number;
  try {
    log = openSync(layout.proxyLog, "a", 0o600);
  } catch (cause) {
    throw unwritable(layout.proxyLog, cause);
  }
  const child = spawn(process.execPath, [...proxyScript(), layout.folder], {
    cwd: layout.folder,
    env,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  let fault: Error | undefined;
  child.once("error", (error) => (fault = error));
  child.unref();
  const started = await lookFor(STARTUP, async () => {
    const proxy = await findProxy(layout);
    if (proxy !== undefined && (await answers(proxy))) return proxy;
    const ended = fault !== undefined || child.exitCode !== null || child.signalCode !== null;
    return proxy === undefined && ended ? "ended" : undefined;
  });
  if (typeof started === "object") return started;
  throw unstarted(
    fault,
    fault === undefined ? lastLines(await logTail(layout.proxyLog)) : "",
    layout.proxyLog,
  );
}

/** Whether the proxy answers now. */
async function answers({ client }: RunningProxy): Promise<boolean> {
  return client.state(undefined, 0, STUCK).then(
    () => true,
    () => false,
  );
}

/** What `look` finds, asked again and again for `ms`; `undefined` where it finds nothing. */
async function lookFor<T>(
  ms: number,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T | undefined> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined || Date.now() >= end) return found;
    await pause(LOOK);
  }
}

function unstarted(cause: unknown, tail: string, log: string): SluiceError {
  const reason = cause instanceof Error ? `: ${cause.message}` : "";
  return new SluiceError(
    "TARGET_STATE",
    `the target's proxy could not be started${reason}${tail && `\n${tail}`}`,
    {
      hint: `Look at ${log}.`,
      cause,
    },
  );
}

// The proxy's own process: `node proxy-main.js <target folder>`. Started by a driver, outlives it.
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { layoutOf, socketPath } from "./layout.ts";
import { openControl } from "./proxy/control.ts";
import { LocalProxy } from "./proxy/local-proxy.ts";
import { PROXY_LOCK, PROTOCOL, type ConfigUpdate } from "./proxy/protocol.ts";
import { corrupt } from "../../util/state/atomic-file.ts";
import { takeLock } from "../../util/state/lock.ts";
import { readState } from "./state/target-state.ts";

const TICK = 1_000;
const LONGEST_WAIT = 20_000;
const LONGEST_LEAVE = 2_000;

async function main(folder: string): Promise<void> {
  // The log may be on a full disk; that is no reason to stop answering requests.
  process.stderr.on("error", () => undefined);
  const layout = layoutOf(folder);
  const socket = socketPath(folder);
  const attempt = await takeLock(layout.locks, PROXY_LOCK, { socket, protocol: String(PROTOCOL) });
  if (!attempt.taken) return; // another proxy is already there, which is what the caller wants
  const state = await readState(layout.state);
  if (state === undefined) throw corrupt(layout.state, "is missing");

  const proxy = new LocalProxy(layout, inherited());
  let leave: (how: "end" | "stay") => void = () => undefined;
  const left = new Promise<"end" | "stay">((done) => (leave = done));
  // Like a kill, but in order: the processes stay, and the next proxy takes them over.
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      leave("stay");
    });
  }
  await proxy.boot(state.routing);
  const control = await openControl(socket, {
    "GET /state": (_body, query) => {
      const seen = Number(query.get("seen") ?? Number.NaN);
      return Number.isNaN(seen)
        ? proxy.view()
        : proxy.viewAfter(seen, Math.min(Number(query.get("wait")), LONGEST_WAIT));
    },
    "GET /counts": () => proxy.counts(),
    "PUT /config": (body) => proxy.configure(body as ConfigUpdate),
    "POST /end": () => {
      leave("end");
      return {};
    },
  });

  const how = await untilLeft(proxy, left);
  if (how === "end") await proxy.end();
  else await Promise.race([proxy.leave(), pause(LONGEST_LEAVE)]);
  control.close();
  await attempt.lock.release().catch(() => undefined); // the folder may have been removed
}

/** Does what falls due until the proxy is to leave. */
async function untilLeft(proxy: LocalProxy, left: Promise<"end" | "stay">): Promise<"end" | "stay"> {
  for (;;) {
    const how = await Promise.race([left, pause(TICK, "tick" as const)]);
    if (how !== "tick") return how;
    const steerable = await proxy.tick().catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      return true;
    });
    if (!steerable) return "end";
  }
}

function inherited(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

main(resolve(process.argv[2] ?? ".")).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);

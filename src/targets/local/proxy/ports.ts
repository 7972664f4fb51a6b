import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ranges from which Linux and macOS give ports to outgoing connections, so that none of those takes one. */
const FIRST = 20_000;
const LAST = 32_767;
const TRIES = 200;

/** A port of 127.0.0.1 that nobody listens on and that is not among `taken`. */
export async function freePort(taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = randomInt(FIRST, LAST + 1);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port was found between ${FIRST} and ${LAST}`);
}

/** Whether the port can be listened on. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen({ host: "127.0.0.1", port }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

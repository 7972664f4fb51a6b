import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { goInstall } from "../tool/go.mjs";
import { freePorts } from "../tool/ports.mjs";
import { startServer, stopServers, untilReady } from "../tool/processes.mjs";

/** The first release whose writes to a folder are conditional in one step, by its own tests of that. */
const VERSION = "v1.8.0";

/** Builds the server, once: about two minutes on two processors. Rejects where that cannot be done. */
export function installServer(log) {
  return goInstall("github.com/versity/versitygw/cmd/versitygw", VERSION, log);
}

export function newKeys() {
  return {
    accessKeyId: `lab${randomBytes(6).toString("hex")}`,
    secretAccessKey: randomBytes(20).toString("hex"),
  };
}

/**
 * Starts an S3 server (versitygw) that keeps its objects below `folder`, and resolves once it answers. A second one with
 * the same folder, port and keys goes on where the first was ended.
 */
export async function startS3({ binary, folder, port, keys, bucket }) {
  const data = join(folder, "data");
  // Its buckets are folders.
  await mkdir(join(data, bucket), { recursive: true });
  const endpoint = `http://127.0.0.1:${port}`;
  const server = await startServer(
    binary,
    [
      ...["--port", `127.0.0.1:${port}`, "--keep-alive", "--quiet", "--health", "/health"],
      ...["posix", data],
    ],
    {
      log: join(folder, "server.log"),
      env: { ROOT_ACCESS_KEY_ID: keys.accessKeyId, ROOT_SECRET_ACCESS_KEY: keys.secretAccessKey },
    },
  );
  await untilReady("the S3 server", [server], async () => (await fetch(`${endpoint}/health`)).ok);
  return { server, endpoint };
}

/** Ends it at once, as a machine that loses its power does. */
export async function killS3(server) {
  await stopServers([server], 0);
}

export async function freePort() {
  const [port] = await freePorts(1);
  return port;
}

// The service's entry:  PORT=8080 INDEX=build/index.json node service/server.mjs
import { once } from "node:events";
import { createApp } from "./app.mjs";
import { readConfig } from "./config.mjs";
import { createFaults } from "./faults.mjs";
import { readIndex } from "./index/store.mjs";
import { createLog } from "./log.mjs";

/** Milliseconds that requests in flight have to end after SIGTERM. */
const GRACE = 10_000;

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function main() {
  const config = readConfig(process.env);
  const log = createLog(config.level, process.stdout);
  const app = createApp({ log, faults: createFaults(config) });

  for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT"])) {
    process.once(signal, () => {
      log.info("stopping", { signal });
      setTimeout(() => app.server.closeAllConnections(), GRACE).unref();
      void app.drain().then(() => log.info("stopped"));
    });
  }

  app.server.listen(config.port, config.host);
  await once(app.server, "listening");
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : config.port;
  log.info("listening", { host: config.host, port, fault: config.fault });

  const index = await readIndex(config.index);
  app.ready(index);
  log.info("ready", { version: index.version, documents: index.documents.length });
}

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { debianProgram } from "../tool/debian.mjs";
import { freePorts } from "../tool/ports.mjs";
import { startServer, untilReady } from "../tool/processes.mjs";

const about = "Prometheus; scrapes every second what targets.json in its folder names";
const needs = [];

export default { about, needs, start };

async function start({ folder, own, log }) {
  const binary = await debianProgram("prometheus", "usr/bin/prometheus", log);
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const targets = join(folder, "targets.json");
  await writeFile(targets, "[]");
  const config = join(folder, "prometheus.yml");
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      scrape_configs: [{ job_name: "lab", file_sd_configs: [{ files: [targets], refresh_interval: "1s" }] }],
    }),
  );
  const server = await startServer(
    binary,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.enable-lifecycle",
    ],
    { log: join(folder, "prometheus.log") },
  );
  own(server);
  await untilReady("Prometheus", [server], async () => (await fetch(`${url}/-/ready`)).ok);
  return { env: { SLUICE_PROMETHEUS: url, SLUICE_PROMETHEUS_TARGETS: targets }, facts: { url, targets } };
}

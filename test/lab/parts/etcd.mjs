import { join } from "node:path";
import { goProgram } from "../tool/go.mjs";
import { freePorts } from "../tool/ports.mjs";
import { startServer, untilReady } from "../tool/processes.mjs";

const about = "the database of the control plane";
const needs = [];

export default { about, needs, start };

async function start({ folder, own, log }) {
  const binary = await goProgram("control-plane", log);
  const [client, peer] = await freePorts(2);
  const url = `http://127.0.0.1:${client}`;
  const server = await startServer(
    binary,
    [
      "etcd",
      ...["--data-dir", join(folder, "data"), "--listen-client-urls", url, "--advertise-client-urls", url],
      ...[
        "--listen-peer-urls",
        `http://127.0.0.1:${peer}`,
        "--initial-advertise-peer-urls",
        `http://127.0.0.1:${peer}`,
      ],
      ...["--initial-cluster", `default=http://127.0.0.1:${peer}`],
      // What is in here may be lost with the machine; waiting for the disk would only make the lab slower.
      "--unsafe-no-fsync=true",
    ],
    { log: join(folder, "etcd.log") },
  );
  own(server);
  await untilReady("etcd", [server], async () => (await fetch(`${url}/health`)).ok);
  return { facts: { url } };
}

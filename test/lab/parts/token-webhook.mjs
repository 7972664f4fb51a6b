import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "../tool/ports.mjs";
import { startServer, untilReady } from "../tool/processes.mjs";

const about = "tells the API server who holds a cloud's token, as EKS, AKS and GKE do it";
const needs = [];

export default { about, needs, start };

const MAIN = fileURLToPath(new URL("../kubernetes/tokens/main.mjs", import.meta.url));

async function start({ folder, own }) {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const key = randomBytes(24).toString("hex");
  const server = await startServer(process.execPath, [MAIN, String(port)], {
    log: join(folder, "token-webhook.log"),
    env: { TOKEN_WEBHOOK_KEY: key },
  });
  own(server);
  await untilReady("the token webhook", [server], async () => (await fetch(`${url}/healthz`)).ok);
  const config = join(folder, "webhook.kubeconfig");
  await writeFile(config, kubeconfig(`${url}/authenticate`));
  return { env: { SLUICE_TOKEN_WEBHOOK: url, SLUICE_TOKEN_WEBHOOK_KEY: key }, facts: { url, config } };
}

function kubeconfig(server) {
  // JSON is YAML.
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "webhook", cluster: { server } }],
    users: [{ name: "api-server", user: {} }],
    contexts: [{ name: "webhook", context: { cluster: "webhook", user: "api-server" } }],
    "current-context": "webhook",
  });
}

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stagesFile } from "../kubernetes/stages.mjs";
import { ask } from "../kubernetes/ask.mjs";
import { goInstall } from "../tool/go.mjs";
import { startServer, untilReady } from "../tool/processes.mjs";

const about = "nodes and pods without machines: pods become ready, crash or stay slow as a test asks for";
const needs = ["control-plane"];

export default { about, needs, start };

const NODES = 3;

async function start({ folder, others, own, log }) {
  const { facts } = others["control-plane"];
  const binary = await goInstall("sigs.k8s.io/kwok/cmd/kwok", "v0.7.0", log);
  const config = join(folder, "stages.yaml");
  await writeFile(config, stagesFile());
  const args = ["--kubeconfig", facts.kubeconfig, "--manage-all-nodes=true", "--config", config];
  const server = await startServer(binary, args, { log: join(folder, "kwok.log") });
  own(server);
  for (let index = 0; index < NODES; index++) {
    const metadata = { name: `node-${index}`, labels: { "kubernetes.io/hostname": `node-${index}` } };
    await ask(facts, "POST", "/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata });
  }
  await untilReady("kwok", [server], async () => {
    const { items } = await ask(facts, "GET", "/api/v1/nodes");
    return items.filter(isReady).length === NODES;
  });
  return { env: {} };
}

function isReady(node) {
  return node.status?.conditions?.some((one) => one.type === "Ready" && one.status === "True");
}

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { clearNode, startNode } from "../kubernetes/node.mjs";
import controlPlane from "./control-plane.mjs";
import etcd from "./etcd.mjs";

const about = "a whole Kubernetes 1.34 of its own, whose one node really runs pods (root, Linux, containerd)";
const needs = [];

export default { about, needs, start, stop };

/** A control plane of its own, because kwok's nodes would take pods that are to run. */
async function start({ folder, own, log }) {
  const inFolder = async (name) => {
    await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
    return join(folder, name);
  };
  const database = await etcd.start({ folder: await inFolder("etcd"), others: {}, own, log });
  const others = { etcd: database };
  const { facts } = await controlPlane.start({ folder: await inFolder("control-plane"), others, own, log });
  await startNode({ folder: await inFolder("node"), facts, own, log });
  return { env: { SLUICE_CLUSTER: facts.kubeconfig }, facts };
}

async function stop({ folder, servers }) {
  await clearNode(join(folder, "node"), servers);
}

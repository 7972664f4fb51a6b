import { sendMessage } from "execa";
import { openClusterApi } from "../../../src/targets/kubernetes/api/index.ts";
import { labApiServer } from "../../fixtures/kubernetes/api-faults.ts";

const { server, ca, token } = labApiServer();
const credentials = () => Promise.resolve({ token });
const api = openClusterApi({ server, ca, credentials }, { cluster: "the lab" });
const query = { namespace: process.argv[2] ?? "", labels: "set=memory" };
const watch = api.watch({ apiVersion: "v1", kind: "ConfigMap" }, query);
let changes = 0;

async function tell(state: "synced" | "done"): Promise<void> {
  globalThis.gc?.();
  await sendMessage({ state, heap: process.memoryUsage().heapUsed, changes, objects: watch.objects.size });
}

async function main(): Promise<void> {
  await watch.synced;
  await tell("synced");
  await new Promise<void>((resolve) => {
    watch.onChange((key) => {
      changes++;
      if (key.endsWith("/last")) resolve();
    });
  });
  await tell("done");
  api.close();
}

void main();

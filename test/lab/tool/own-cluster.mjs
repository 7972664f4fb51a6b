import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { tsImport } from "tsx/esm/api";
import { kubeconfigText } from "./kubeconfig.mjs";

const RBAC = "rbac.authorization.k8s.io";
/** Seconds: a whole run of the lab takes less. */
const TOKEN_LIFE = 7_200;

/**
 * The cluster of the user's own `$KUBECONFIG`, for the suites that need a control plane. They get a kubeconfig of the lab's
 * own form with the token of an account that is made for them, so that they need to know no other way to be let in.
 *
 * @returns what of the lab it can stand for: `bring(need)` as in `needs.mjs`, and `close()`, which removes what was made
 */
export async function ownCluster(log) {
  const { KUBECONFIG } = process.env;
  if (!KUBECONFIG) throw new Error("--cluster own takes the cluster of $KUBECONFIG, which is not set");
  const { kubeconfig } = await tsImport("../../../src/entry-kubernetes.ts", import.meta.url);
  const { openClusterApi } = await tsImport("../../../src/targets/kubernetes/api/open.ts", import.meta.url);
  const { signal } = new AbortController();
  const context = { env: process.env, root: process.cwd(), signal, now: () => Date.now() };
  const provider = kubeconfig();
  const connection = await provider.connect(context);
  for (const way of ["proxy", "insecure", "serverName"]) {
    if (connection[way]) throw new Error(`the suites speak to the API server directly: not with ${way}`);
  }
  const api = openClusterApi(connection, { cluster: provider.describe() });
  const name = `sluice-lab-${randomBytes(3).toString("hex")}`;
  const folder = await mkdtemp(join(tmpdir(), "sluice-lab-"));
  const close = async () => {
    await api.remove({ apiVersion: `${RBAC}/v1`, kind: "ClusterRoleBinding", name }).catch(log);
    await api.remove({ apiVersion: "v1", kind: "Namespace", name }).catch(log);
    api.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    log(`uses ${provider.describe()} at ${connection.server}`);
    const token = await makeAccount(api, name);
    const authority = connection.ca ?? rootCertificates.join("\n");
    const file = join(folder, "kubeconfig");
    await writeFile(file, kubeconfigText({ url: connection.server, authority, token }), { mode: 0o600 });
    return { bring: (need) => bring(need, { api, name, file }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeAccount(api, name) {
  await api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  await api.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: name } });
  await api.create({
    apiVersion: `${RBAC}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "ServiceAccount", name, namespace: name }],
  });
  const path = `/api/v1/namespaces/${name}/serviceaccounts/${name}/token`;
  const spec = { expirationSeconds: TOKEN_LIFE };
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec };
  return (await api.request("POST", path, request)).status.token;
}

/** `undefined` for what does not depend on the cluster. */
function bring(need, { api, name, file }) {
  switch (need) {
    case "control-plane":
      return { env: { KUBECONFIG: file } };
    case "kwok":
      return untilPlayed(api, name).then(() => ({ env: { KUBECONFIG: file } }));
    case "lab-users":
      throw new Error("only the lab's own API server knows its users and its clouds");
    case "cluster":
      throw new Error("its pods run on the lab's own cluster");
    default:
      return undefined;
  }
}

/** Only kwok with the stages of `kubernetes/stages.mjs` has a pod crash three times at once whose image is nowhere. */
async function untilPlayed(api, namespace) {
  const [kind, name] = [{ apiVersion: "v1", kind: "Pod" }, "played"];
  await api.create({
    ...kind,
    metadata: { name, namespace, annotations: { "lab/pod": "crash" } },
    spec: { containers: [{ name: "web", image: "lab.local/web:1" }], serviceAccountName: namespace },
  });
  for (let left = 20; left > 0; left--) {
    const [status] = (await api.get({ ...kind, name, namespace }))?.status?.containerStatuses ?? [];
    if (status?.restartCount === 3 && status.state?.waiting?.reason === "CrashLoopBackOff") return;
    await sleep(500);
  }
  throw new Error("its pods are not played: no kwok with the stages of test/lab/kubernetes/stages.mjs");
}

import assert from "node:assert/strict";
import type { ClusterConnection } from "../ports/index.ts";
import { openClusterApi, type ClusterApi, type KubeObject } from "../targets/kubernetes/api/index.ts";
import { listReleases } from "../targets/kubernetes/release/record-store.ts";
import { REPLICAS, type ClusterRelease } from "./cluster-release.ts";

/** That the app is released as this revision and as no other: no candidate, no lease, nothing that waits. */
export async function checkReleased(
  connection: ClusterConnection,
  namespace: string,
  { app }: ClusterRelease,
  revision: number,
): Promise<void> {
  const api = openClusterApi(connection, { cluster: "the suite's cluster" });
  try {
    const records = await listReleases(api, { app, namespace, target: app });
    const waiting = records.filter(({ header }) => header.state === "pending");
    assert.equal(waiting.length, 0, "no release is still under way");
    const live = records.filter(({ header }) => header.state === "live");
    assert.deepEqual(
      live.map(({ header }) => header.revision),
      [revision],
      "it alone is live",
    );
    const whole = records.filter(({ header }) => header.state !== "aborted");
    assert.equal(whole.length, 2, "there is one record for each release");
    const lease = await get(api, "coordination.k8s.io/v1", "Lease", `sluice.${app}`, namespace);
    const { holderIdentity } = (lease?.spec ?? {}) as { holderIdentity?: string };
    assert.equal(holderIdentity, undefined, "the lease is released");
    const service = await get(api, "v1", "Service", app, namespace);
    const { selector } = (service?.spec ?? {}) as { selector?: Record<string, string> };
    assert.equal(selector?.["sluice.dev/revision"], String(revision), "all requests go to it");
    const preview = await get(api, "v1", "Service", `${app}-preview`, namespace);
    assert.equal(preview, undefined, "no candidate is left");
    await checkSizes(api, app, namespace, revision);
  } finally {
    api.close();
  }
}

async function checkSizes(api: ClusterApi, app: string, namespace: string, revision: number): Promise<void> {
  const kind = { apiVersion: "apps/v1", kind: "Deployment" };
  const labels = `app.kubernetes.io/name=${app}`;
  for (const { metadata, spec } of await api.list(kind, { namespace, labels })) {
    const { replicas } = (spec ?? {}) as { replicas?: number };
    const live = metadata.name === `${app}-r${revision}`;
    assert.equal(replicas, live ? REPLICAS : 0, `${metadata.name} has as many replicas as it should`);
  }
}

function get(
  api: ClusterApi,
  apiVersion: string,
  kind: string,
  name: string,
  namespace: string,
): Promise<KubeObject | undefined> {
  return api.get({ apiVersion, kind, name, namespace });
}

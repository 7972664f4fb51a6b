import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { refOf } from "../../../../../src/targets/kubernetes/apply/refs.ts";
import { waitUntilReady } from "../../../../../src/targets/kubernetes/wait/wait-until-ready.ts";
import { FakeCluster } from "../driver/fake-cluster.ts";

const running = { active: 1 };
const ended = (type: string): object => ({
  conditions: [{ type, status: "True", reason: "Fake", message: "" }],
});

const migration = (status: object): KubeObject => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "migrate", namespace: "shop" },
  spec: { ttlSecondsAfterFinished: 0 },
  status: status as Record<string, unknown>,
});

/** Waits for a Job that is running, and has `then` happen as soon as it is watched. */
async function waitFor(then: (cluster: FakeCluster, job: KubeObject) => void): Promise<void> {
  const cluster = new FakeCluster();
  const object = cluster.put(migration(running));
  const ref = refOf(object);
  const { generation } = object.metadata;
  let told = false;
  await waitUntilReady(cluster.api(), [{ ref, object, generation, change: "created" }], {
    timeout: 60_000,
    signal: new AbortController().signal,
    report: () => {
      if (told) return;
      told = true;
      then(cluster, object);
    },
  });
}

describe("waiting for a Job that is removed as soon as it has ended", () => {
  it("is over where it was complete", async () => {
    await waitFor((cluster, job) => {
      cluster.put({ ...job, status: { ...ended("Complete") } });
      cluster.delete(refOf(job));
    });
  });

  it("fails where it had failed", async () => {
    const failed = waitFor((cluster, job) => {
      cluster.put({ ...job, status: { ...ended("Failed") } });
      cluster.delete(refOf(job));
    });
    await expect(failed).rejects.toMatchObject({ code: "RELEASE_UNHEALTHY" });
  });

  it("fails where somebody has removed it before it had ended", async () => {
    const gone = waitFor((cluster, job) => cluster.delete(refOf(job)));
    await expect(gone).rejects.toMatchObject({ code: "TARGET_STATE" });
  });
});

// needs: kwok
import { execa } from "execa";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openClusterApi, type ClusterApi } from "../../../src/targets/kubernetes/api/index.ts";
import { labApiServer } from "../../fixtures/kubernetes/api-faults.ts";
import { need } from "../lab.ts";

const NAMESPACE = "api-memory";
const OBJECTS = 1_000;
const UPDATES = 20_000;
const LIMIT = 20 << 20;
/** Writers at the same time. */
const LANES = 16;

interface Said {
  readonly state: "synced" | "done";
  readonly heap: number;
  readonly changes: number;
  readonly objects: number;
}

describe.skipIf(!need("kwok").available)("memory of a watch", () => {
  let api: ClusterApi;

  beforeAll(async () => {
    const { server, ca, token } = labApiServer();
    const credentials = () => Promise.resolve({ token });
    api = openClusterApi({ server, ca, credentials }, { cluster: "the lab" });
    await api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  });

  afterAll(async () => {
    await api.remove({ apiVersion: "v1", kind: "Namespace", name: NAMESPACE });
    api.close();
  });

  const write = (name: string, v: number) =>
    api.apply(
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name, namespace: NAMESPACE, labels: { set: "memory" } },
        data: { v: String(v), ballast: "x".repeat(1_000) },
      },
      { manager: "lab" },
    );

  async function writeAll(count: number, first: number): Promise<void> {
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let index = next++; index < count; index = next++)
        await write(`object-${index % OBJECTS}`, first + index);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  it(`stays flat over ${UPDATES} updates of ${OBJECTS} objects`, async () => {
    await writeAll(OBJECTS, 0);
    // In a process of its own, so that nothing else is in its heap.
    const watcher = execa(
      process.execPath,
      [
        "--expose-gc",
        "--import",
        "tsx",
        fileURLToPath(new URL("./api-watcher.ts", import.meta.url)),
        NAMESPACE,
      ],
      { ipc: true, stdin: "ignore" },
    );
    const heard = watcher.getEachMessage();
    const next = async (): Promise<Said> => (await heard.next()).value as Said;
    const synced = await next();
    expect(synced).toMatchObject({ state: "synced", objects: OBJECTS });
    await writeAll(UPDATES, OBJECTS);
    // The last one to be written ends it.
    await write("last", 0);
    const done = await next();
    await watcher;
    const mebibytes = ((done.heap - synced.heap) / (1 << 20)).toFixed(2);
    console.log(
      `heap after gc: ${(synced.heap / (1 << 20)).toFixed(1)} MiB, ${mebibytes} MiB more after ${done.changes} changes`,
    );
    expect(done.changes).toBeGreaterThan(UPDATES);
    expect(done.objects).toBe(OBJECTS + 1);
    expect(done.heap - synced.heap).toBeLessThan(LIMIT);
  });
});

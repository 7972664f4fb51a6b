import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import {
  PART_SIZE,
  packPayload,
  unpackPayload,
} from "../../../../../src/targets/kubernetes/release/record-codec.ts";
import { listReleases } from "../../../../../src/targets/kubernetes/release/record-store.ts";
import type { NewRelease } from "../../../../../src/targets/kubernetes/release/record-store.ts";
import type { ReleasePayload } from "../../../../../src/targets/kubernetes/release/types.ts";
import { Kit } from "../driver/kit.ts";

const fresh: NewRelease = {
  digest: "sha256:1",
  run: "r",
  pipeline: "p",
  createdAt: 1,
  replicas: 4,
  from: null,
  fromReplicas: 0,
  promotedAt: null,
  keepOld: 0,
  returning: false,
  forwardOnly: [],
  reason: null,
  configuration: [{ apiVersion: "v1", kind: "ConfigMap", name: "c", namespace: "shop" }],
};

const object = (data: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "c" },
  data: { data },
});
const payload = (data = "x"): ReleasePayload => ({
  before: [],
  made: [],
  content: { kind: "bundle", digest: "sha256:1", objects: [object(data)] },
});
const large = (): ReleasePayload => payload(randomBytes(2 * PART_SIZE).toString("base64"));

describe("the records of releases", () => {
  it("counts from one, and no two that begin at once get the same number", async () => {
    const kit = new Kit();
    const session = kit.session();
    const made = await Promise.all(
      [1, 2, 3].map(() => session.records.create(fresh, () => Promise.resolve(payload()))),
    );
    // A repeated request of the same release under one lease is the same release: these are told apart by their time.
    const more = await Promise.all(
      [7, 8, 9].map((createdAt) =>
        session.records.create({ ...fresh, createdAt }, () => Promise.resolve(payload())),
      ),
    );
    expect(new Set(made.map(({ stored }) => stored.header.revision))).toEqual(new Set([1]));
    expect(more.map(({ stored }) => stored.header.revision).sort()).toEqual([2, 3, 4]);
  });

  it("keeps a payload that no Secret could hold, in several", async () => {
    const kit = new Kit();
    const { records } = kit.session();
    const big = large();
    const { stored } = await records.create(fresh, () => Promise.resolve(big));
    const secrets = [...kit.cluster.objects.values()].filter(({ kind }) => kind === "Secret");
    expect(secrets.length).toBeGreaterThan(2);
    for (const secret of secrets) {
      expect(
        Buffer.from((secret["data"] as { payload: string }).payload, "base64").length,
      ).toBeLessThanOrEqual(PART_SIZE);
    }
    expect(await records.payload(stored)).toEqual(big);
    await records.remove(stored);
    expect([...kit.cluster.objects.values()].filter(({ kind }) => kind === "Secret")).toEqual([]);
  });

  it("says so where a part is missing, instead of guessing", async () => {
    const kit = new Kit();
    const { records, api } = kit.session();
    const { stored } = await records.create(fresh, () => Promise.resolve(large()));
    const part = [...kit.cluster.objects.values()].find(({ metadata }) => metadata.name.endsWith(".2"));
    await api.remove({
      apiVersion: "v1",
      kind: "Secret",
      name: part?.metadata.name ?? "",
      namespace: "shop",
    });
    await expect(records.payload(stored)).rejects.toMatchObject({ code: "TARGET_STATE" });
  });

  it("stops whoever writes by what was read before somebody else wrote", async () => {
    const kit = new Kit();
    const { records, api } = kit.session();
    const { stored } = await records.create(fresh, () => Promise.resolve(payload()));
    await records.update(stored, { state: "live" });
    await expect(records.update(stored, { state: "aborted" })).rejects.toMatchObject({ code: "TARGET_BUSY" });
    const [now] = await listReleases(api, { app: "web", namespace: "shop", target: "prod" });
    expect(now?.header.state).toBe("live");
  });

  it("writes nothing once the lease is somebody else's", async () => {
    const kit = new Kit();
    const stale = kit.session();
    const { stored } = await stale.records.create(fresh, () => Promise.resolve(payload()));
    kit.session();
    await expect(stale.records.update(stored, { state: "live" })).rejects.toThrow("fence 1 is over");
    expect((await kit.session().records.list())[0]?.header.state).toBe("pending");
  });

  it("carries the fence of whoever wrote last", async () => {
    const kit = new Kit();
    const { stored } = await kit.session().records.create(fresh, () => Promise.resolve(payload()));
    expect(stored.header.fence).toBe(1);
    const updated = await kit.session().records.update(stored, {});
    expect(updated.header.fence).toBe(2);
  });

  it.each([
    ["no header", {}],
    ["no JSON", { header: Buffer.from("{").toString("base64") }],
    ["another version", { header: Buffer.from('{"version":2}').toString("base64") }],
    [
      "a state that is none",
      { header: Buffer.from('{"version":1,"revision":1,"state":"odd"}').toString("base64") },
    ],
  ])("refuses a record with %s", async (_what, data) => {
    const kit = new Kit();
    const { records, api } = kit.session();
    const { stored } = await records.create(fresh, () => Promise.resolve(payload()));
    await api.replace({ ...stored.secret, data });
    await expect(records.list()).rejects.toMatchObject({ code: "STATE_CORRUPT" });
  });

  it("packs and unpacks", () => {
    const one = payload("é".repeat(1_000));
    expect(unpackPayload(packPayload(one).pieces)).toEqual(one);
  });
});

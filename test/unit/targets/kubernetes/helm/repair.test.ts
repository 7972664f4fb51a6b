import { describe, expect, it } from "vitest";
import type { ClusterApi, KubeObject, ObjectRef } from "../../../../../src/targets/kubernetes/api/types.ts";
import { repairRelease } from "../../../../../src/targets/kubernetes/helm/repair.ts";
import { helmStatus } from "../../../../../src/targets/kubernetes/helm/revisions.ts";
import type { HelmContext } from "../../../../../src/targets/kubernetes/helm/types.ts";

const NOW = 10_000_000;

/** A cluster that has revisions of a release: `[status, seconds ago]`, the first revision first. */
function cluster(...revisions: readonly (readonly [string, number])[]): {
  readonly api: ClusterApi;
  readonly removed: readonly string[];
} {
  const removed: string[] = [];
  const secrets = revisions.map(([status, ago], index): KubeObject => {
    const labels = { owner: "helm", name: "shop", version: String(index + 1), status };
    const at = { createdAt: String(NOW / 1_000 - ago - 5), modifiedAt: String(NOW / 1_000 - ago) };
    return {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `v${index + 1}`, labels: { ...labels, ...at } },
    };
  });
  const api = {
    list: () => Promise.resolve(secrets),
    remove: (ref: ObjectRef) => {
      removed.push(ref.name);
      return Promise.resolve(true);
    },
  } as unknown as ClusterApi;
  return { api, removed };
}

// No program is there: whoever wants to run one is told so.
const context: HelmContext = {
  root: "/",
  env: {},
  signal: new AbortController().signal,
  kubeconfig: "",
  namespace: "prod",
  program: "/no/helm",
  mask: (text) => text,
};
const options = { now: () => NOW, timeout: 1_000 };

describe("the revisions of a release", () => {
  it("are read from the cluster, the newest first", async () => {
    const { api } = cluster(["superseded", 60], ["deployed", 30]);
    expect(await helmStatus(api, "prod", "shop")).toEqual([
      { revision: 2, status: "deployed", since: NOW - 30_000 },
      { revision: 1, status: "superseded", since: NOW - 60_000 },
    ]);
  });

  it("count from ten on as numbers do", async () => {
    const { api } = cluster(...Array.from({ length: 11 }, () => ["superseded", 1] as const));
    expect((await helmStatus(api, "prod", "shop")).map(({ revision }) => revision).slice(0, 3)).toEqual([
      11, 10, 9,
    ]);
  });
});

describe("a stuck release", () => {
  it.each([
    [[]],
    [[["deployed", 1] as const]],
    [[["deployed", 900] as const, ["failed", 900] as const]],
    // It is the newest that counts.
    [[["pending-upgrade", 900] as const, ["deployed", 900] as const]],
  ])("is not one with %j", async (revisions) => {
    const { api, removed } = cluster(...revisions);
    expect(await repairRelease(api, context, "shop", options)).toBeUndefined();
    expect(removed).toEqual([]);
  });

  it("may be at work until it has been silent for too long", async () => {
    const { api } = cluster(["deployed", 900], ["pending-upgrade", 299]);
    await expect(repairRelease(api, context, "shop", options)).rejects.toMatchObject({
      code: "TARGET_BUSY",
      message: expect.stringContaining("has been pending-upgrade for 4m 59s") as string,
    });
    const old = cluster(["deployed", 900], ["pending-upgrade", 301]);
    await expect(repairRelease(old.api, context, "shop", options)).rejects.toMatchObject({
      code: "TOOL_MISSING",
    });
  });

  it("may be at work for three times what one of its waits may take", async () => {
    const patient = { ...options, timeout: 300_000 };
    const { api } = cluster(["deployed", 2_000], ["pending-upgrade", 899]);
    await expect(repairRelease(api, context, "shop", patient)).rejects.toMatchObject({ code: "TARGET_BUSY" });
    const old = cluster(["deployed", 2_000], ["pending-upgrade", 901]);
    await expect(repairRelease(old.api, context, "shop", patient)).rejects.toMatchObject({
      code: "TOOL_MISSING",
    });
  });

  it.each(["pending-upgrade", "pending-rollback", "pending-install"])(
    "that is %s goes back where there is something to go back to",
    async (status) => {
      const { api, removed } = cluster(["superseded", 900], [status, 900]);
      await expect(repairRelease(api, context, "shop", options)).rejects.toMatchObject({
        code: "TOOL_MISSING",
      });
      expect(removed).toEqual([]);
    },
  );

  it("that was never installed loses its records, and nothing else", async () => {
    const { api, removed } = cluster(["failed", 901], ["pending-install", 900]);
    expect(await repairRelease(api, context, "shop", options)).toBe(
      "the record of an installation that was never finished is removed (revision 2)",
    );
    expect(removed).toEqual(["sh.helm.release.v1.shop.v2", "sh.helm.release.v1.shop.v1"]);
  });
});

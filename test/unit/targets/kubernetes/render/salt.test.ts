import { describe, expect, it } from "vitest";
import { ApiFault } from "../../../../../src/targets/kubernetes/api/api-fault.ts";
import type { ClusterApi, KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { ensureSalt, newSalt, readSalt } from "../../../../../src/targets/kubernetes/render/salt.ts";

/** A cluster that keeps one Secret. `first` is made by somebody else just before we make ours. */
function cluster(
  held?: KubeObject,
  first?: KubeObject,
): { readonly api: ClusterApi; made(): KubeObject | undefined } {
  let kept = held;
  const api = {
    get: () => Promise.resolve(kept),
    create: (object: KubeObject) => {
      if (first === undefined) return Promise.resolve((kept = object));
      kept = first;
      const details = { status: 409, reason: "AlreadyExists", causes: [], retryAfter: undefined };
      return Promise.reject(new ApiFault("CLUSTER_REFUSED", "it is there already", details));
    },
  } as unknown as ClusterApi;
  return { api, made: () => kept };
}

const secret = (salt?: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "sluice-salt" },
  data: salt === undefined ? {} : { salt: Buffer.from(salt).toString("base64") },
});

describe("the salt of a namespace", () => {
  it("is made once and then read", async () => {
    const { api, made } = cluster();
    expect(await readSalt(api, "prod")).toBeUndefined();
    const salt = await ensureSalt(api, "prod", "sluice");
    expect(Buffer.from(salt, "base64")).toHaveLength(32);
    expect(made()).toMatchObject({
      kind: "Secret",
      metadata: { name: "sluice-salt", namespace: "prod" },
      immutable: true,
    });
    expect(await ensureSalt(api, "prod", "sluice")).toBe(salt);
    expect(await readSalt(api, "prod")).toBe(salt);
  });

  it("is that of whoever was first", async () => {
    const { api } = cluster(undefined, secret("theirs"));
    expect(await ensureSalt(api, "prod", "sluice")).toBe("theirs");
  });

  it("must be a salt", async () => {
    await expect(ensureSalt(cluster(secret()).api, "prod", "sluice")).rejects.toMatchObject({
      code: "TARGET_STATE",
    });
    await expect(readSalt(cluster(secret("")).api, "prod")).rejects.toMatchObject({ code: "TARGET_STATE" });
  });

  it("is another one each time", () => {
    expect(newSalt()).not.toBe(newSalt());
  });
});

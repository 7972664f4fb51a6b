import { describe, expect, it } from "vitest";
import type { ObjectChange } from "../../../../../src/targets/kubernetes/preview/changes.ts";
import { ofChanges } from "../../../../../src/targets/kubernetes/preview/irreversible.ts";
import { FakeCluster } from "../driver/fake-cluster.ts";

const change = (kind: string, what: ObjectChange["change"], apiVersion = "v1"): ObjectChange => ({
  ref: { apiVersion, kind, name: "x", namespace: "shop" },
  change: what,
  fields: [],
  conflicts: [],
});
const reasons = (...changes: readonly ObjectChange[]): Promise<readonly string[]> =>
  ofChanges(new FakeCluster().api(), changes);

describe("what going back would not undo", () => {
  it("is what it leaves because data would go with it", async () => {
    expect(await reasons(change("PersistentVolumeClaim", "create"), change("ConfigMap", "create"))).toEqual([
      "PersistentVolumeClaim shop/x stays when it is taken back, because data would go with it",
    ]);
  });

  it("is what is removed with data", async () => {
    expect(await reasons(change("PersistentVolumeClaim", "remove"))).toEqual([
      "PersistentVolumeClaim shop/x is removed with all that it holds",
    ]);
  });

  it("is told of a kind by its group too", async () => {
    expect(await reasons(change("Namespace", "create", "example.com/v1"))).toEqual([]);
  });
});

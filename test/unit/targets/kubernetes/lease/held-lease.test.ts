import { describe, expect, it } from "vitest";
import { takeLease } from "../../../../../src/targets/kubernetes/lease/take-lease.ts";
import { virtualClock } from "../../../../../src/testing/index.ts";
import { FakeCluster } from "../driver/fake-cluster.ts";

const take = (cluster: FakeCluster, holder: string) =>
  takeLease(cluster.api(), {
    namespace: "shop",
    name: "sluice.web",
    holder,
    about: "a release",
    signal: new AbortController().signal,
    clock: virtualClock(),
  });

describe("a lease that was given up", () => {
  it("is held no longer, so that nothing is written beside whoever has it next", async () => {
    const cluster = new FakeCluster();
    const first = await take(cluster, "one");
    await first.assertHeld();
    await first.release();
    await expect(first.assertHeld()).rejects.toMatchObject({
      code: "TARGET_BUSY",
      message: "Lease shop/sluice.web was given up: somebody else may have it by now",
    });
    const second = await take(cluster, "two");
    expect(second.fence).toBe(first.fence + 1);
    await second.assertHeld();
    await expect(first.assertHeld()).rejects.toMatchObject({ code: "TARGET_BUSY" });
    await second.release();
  });
});

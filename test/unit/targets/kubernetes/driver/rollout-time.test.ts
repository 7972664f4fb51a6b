import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { rolloutTime } from "../../../../../src/targets/kubernetes/driver/rollout-time.ts";

const object = (kind: string, spec: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: "x" },
  spec,
});
const given = (timeoutGiven: boolean) => ({ timeout: 120_000, timeoutGiven });

describe("how long objects that roll out by themselves may take", () => {
  it("is what the most patient of them allows itself, and the target's time at least", () => {
    const times = (...objects: readonly KubeObject[]) => rolloutTime(given(false), objects);
    expect(times(object("ConfigMap"))).toBe(120_000);
    expect(times(object("Deployment"))).toBe(600_000);
    expect(times(object("StatefulSet"))).toBe(600_000);
    expect(times(object("Deployment", { progressDeadlineSeconds: 30 }))).toBe(120_000);
    expect(
      times(
        object("Deployment", { progressDeadlineSeconds: 30 }),
        object("Deployment", { progressDeadlineSeconds: 900 }),
      ),
    ).toBe(900_000);
  });

  it("is the target's time where that was given", () => {
    expect(rolloutTime(given(true), [object("Deployment")])).toBe(120_000);
  });
});

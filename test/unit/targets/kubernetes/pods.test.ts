import { describe, expect, it } from "vitest";
import type { LiveObject } from "../../../../src/targets/kubernetes/readiness/object.ts";
import { podTrouble } from "../../../../src/targets/kubernetes/readiness/pods.ts";

const NOW = Date.parse("2026-01-01T00:10:00Z");
const pod = (status: Readonly<Record<string, unknown>>, deleted = false): LiveObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "app-1", ...(deleted ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}) },
  status,
});
const waits = (reason: string, restartCount = 0, message = ""): Readonly<Record<string, unknown>> => ({
  name: "web",
  restartCount,
  state: { waiting: { reason, message } },
  lastState: restartCount === 0 ? {} : { terminated: { reason: "Error", exitCode: 3 } },
});
const unscheduled = (since: string): Readonly<Record<string, unknown>> => ({
  conditions: [
    {
      type: "PodScheduled",
      status: "False",
      reason: "Unschedulable",
      message: "0/3 nodes are available",
      lastTransitionTime: since,
    },
  ],
});

describe("a pod", () => {
  it.each([
    ["ImagePullBackOff", "cannot be pulled", false],
    ["InvalidImageName", "is not one", false],
    ["CreateContainerConfigError", "not there", false],
    ["RunContainerError", "cannot be started", false],
  ])("in %s fails at once", (reason, says, hasLog) => {
    const trouble = podTrouble(pod({ containerStatuses: [waits(reason, 0, "details")] }), NOW);
    expect(trouble).toMatchObject({ pod: "app-1", container: "web", reason, hasLog });
    expect(trouble?.text).toContain(says);
    expect(trouble?.text).toContain("details");
  });

  it.each(["ContainerCreating", "PodInitializing", "ErrImagePull", ""])("in %j is waited for", (reason) => {
    expect(podTrouble(pod({ containerStatuses: [waits(reason)] }), NOW)).toBeUndefined();
  });

  it("may crash once, and not twice", () => {
    const crashed = (times: number): LiveObject =>
      pod({ containerStatuses: [waits("CrashLoopBackOff", times)] });
    expect(podTrouble(crashed(1), NOW)).toBeUndefined();
    expect(podTrouble(crashed(2), NOW)).toMatchObject({
      reason: "CrashLoopBackOff",
      text: "it has crashed 2 times, last: Error with exit code 3",
      hasLog: true,
    });
    expect(podTrouble(crashed(2), NOW, { crashes: 3 })).toBeUndefined();
  });

  it("is judged by its init containers too", () => {
    const status = {
      initContainerStatuses: [waits("ImagePullBackOff")],
      containerStatuses: [waits("PodInitializing")],
    };
    expect(podTrouble(pod(status), NOW)).toMatchObject({ container: "web", reason: "ImagePullBackOff" });
  });

  it("may wait for a node for a while", () => {
    expect(podTrouble(pod(unscheduled("2026-01-01T00:09:30Z")), NOW)).toBeUndefined();
    expect(podTrouble(pod(unscheduled("2026-01-01T00:08:59Z")), NOW)).toMatchObject({
      reason: "Unschedulable",
      text: "no node takes it: 0/3 nodes are available",
    });
    expect(podTrouble(pod(unscheduled("2026-01-01T00:09:30Z")), NOW, { unscheduled: 10_000 })).toBeDefined();
  });

  it("that was evicted has failed", () => {
    const status = { phase: "Failed", reason: "Evicted", message: "the node was low on memory" };
    expect(podTrouble(pod(status), NOW)).toMatchObject({
      reason: "Evicted",
      text: "the node was low on memory",
    });
  });

  it("that is being deleted is no trouble, nor is one that runs", () => {
    expect(podTrouble(pod({ containerStatuses: [waits("ImagePullBackOff")] }, true), NOW)).toBeUndefined();
    const running = { containerStatuses: [{ name: "web", restartCount: 5, state: { running: {} } }] };
    expect(podTrouble(pod(running), NOW)).toBeUndefined();
  });
});

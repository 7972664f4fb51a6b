// needs: cluster
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { blueGreen, canary, errorRate, rolling } from "../../../src/deploy/index.ts";
import { connectKubernetes } from "../../../src/targets/kubernetes/connect.ts";
import { text } from "../../../src/targets/kubernetes/readiness/object.ts";
import { rollbackKubernetes } from "../../../src/targets/kubernetes/verbs/rollback.ts";
import { statusOfKubernetes } from "../../../src/targets/kubernetes/verbs/status.ts";
import { stopKubernetes } from "../../../src/targets/kubernetes/verbs/stop.ts";
import { need } from "../lab.ts";
import { podCounts } from "./pod-counts.ts";
import { labService, RolloutKit } from "./rollout-kit.ts";
import { ask, Traffic } from "./traffic.ts";

describe.skipIf(!need("cluster").available)("releases under real traffic", () => {
  let kit: RolloutKit;
  let traffic: Traffic | undefined;

  beforeAll(async () => {
    const counts = podCounts(() => kit.api);
    kit = await RolloutKit.open(process.env["SLUICE_CLUSTER"] ?? "", {
      namespace: `roll-driver-${process.pid}`,
      counts,
    });
    const first = await kit.release(labService({ version: "v1" }), rolling());
    expect(first.result).toMatchObject({ outcome: "released", release: { revision: 1 } });
  });

  afterEach(async () => {
    await traffic?.stop();
    traffic = undefined;
  });

  afterAll(async () => {
    await kit.remove();
  });

  async function address(): Promise<string> {
    const service = await kit.get("v1", "Service", "web");
    return `http://${text(service, "spec", "clusterIP")}/`;
  }

  /** Waits until only this version answers: nodes learn of new endpoints a little after the API server has them. */
  async function answersOnly(version: string): Promise<void> {
    const url = await address();
    await expect
      .poll(
        async () => {
          const answers = await Promise.all(Array.from({ length: 40 }, () => ask(url)));
          return [...new Set(answers.map((answer) => answer.text.split(" ")[0]))];
        },
        { timeout: 5_000, interval: 50 },
      )
      .toEqual([version]);
  }

  it("rolls batch by batch without losing a request", async () => {
    traffic = new Traffic(await address());
    const { result } = await kit.release(labService({ version: "v2" }), rolling());
    await traffic.stop();
    expect(result).toMatchObject({ outcome: "released", release: { revision: 2 } });
    expect(traffic.failed).toEqual([]);
    expect(traffic.answers.length).toBeGreaterThan(200);
    await answersOnly("v2");
  });

  it("tries the candidate at its preview, switches, and goes back at once while the old release is kept", async () => {
    traffic = new Traffic(await address());
    const previews: string[] = [];
    const strategy = blueGreen({
      verify: async ({ url, signal }) => {
        const answer = await fetch(url, { signal });
        previews.push(new URL(url).hostname, (await answer.text()).split(" ")[0] ?? "");
        await answersOnly("v2");
      },
    });
    const { result } = await kit.release(labService({ version: "v3" }), strategy);
    expect(result).toMatchObject({ outcome: "released", release: { revision: 3 } });
    expect(previews).toEqual(["127.0.0.1", "v3"]);
    await answersOnly("v3");

    const back = await rollbackKubernetes(kit.hands(), { target: kit.spec, secrets: {} }, kit.context(), {});
    expect(back).toMatchObject({ revision: 2 });
    await traffic.stop();
    expect(traffic.failed).toEqual([]);
    await answersOnly("v2");
  });

  it("goes back at once while the old release still has its pods and its run still waits", async () => {
    const cancel = new AbortController();
    const app = { kind: "service", spec: labService({ version: "v4" }) as never, secrets: {} };
    const driver = await connectKubernetes(
      kit.hands(),
      { target: kit.spec, app },
      kit.context(cancel.signal),
    );
    await driver.start(4);
    await driver.route(100);
    const kept = driver.promote({ keepOld: 600_000 });
    kept.catch(() => undefined);
    await expect.poll(async () => (await driver.observe()).stable?.revision, { timeout: 30_000 }).toBe(4);
    await expect.poll(() => kit.output.join("")).toContain("the one before is kept for");
    const began = performance.now();
    await rollbackKubernetes(kit.hands(), { target: kit.spec, secrets: {} }, kit.context(), { to: 2 });
    const took = performance.now() - began;
    await answersOnly("v2");
    console.log(`a way back took ${Math.round(took)} ms`);
    expect(took).toBeLessThan(5_000);
    cancel.abort(new Error("the run was ended while the old release was kept"));
    await expect(kept).rejects.toThrow();
    await driver.close();
    await answersOnly("v2");
  });

  const steps = canary({
    steps: [25, 50],
    every: "20s",
    window: "1s",
    warmup: 0,
    minimum: 50,
    analysis: [errorRate()],
  });

  it("takes a bad canary back by its own pods' counts, without losing a request", async () => {
    traffic = new Traffic(await address());
    const { result, events } = await kit.release(
      labService({ version: "v5", env: { ERRORS: "0.5" } }),
      steps,
    );
    await traffic.stop();
    expect(result).toMatchObject({ outcome: "rolled-back" });
    expect(events.filter(({ type }) => type === "rollout.weight")).toHaveLength(1);
    expect(traffic.failed).toEqual([]);
    expect(traffic.answers.some((answer) => answer.text.startsWith("v5"))).toBe(true);
    await answersOnly("v2");
    const status = await statusOfKubernetes(kit.hands(), { target: kit.spec, secrets: {} }, kit.context());
    expect(status).toMatchObject({ stable: { revision: 2, ready: 4 }, candidate: undefined, weight: 0 });
    expect(status.history[0]).toMatchObject({ revision: 5, state: "aborted" });
  });

  it("promotes a good canary, the pods that were judged staying, without losing a request", async () => {
    traffic = new Traffic(await address());
    const { result } = await kit.release(labService({ version: "v6" }), steps);
    await traffic.stop();
    expect(result).toMatchObject({ outcome: "released", release: { revision: 6 } });
    expect(traffic.failed).toEqual([]);
    await answersOnly("v6");
  });

  it("stops, and says that nothing is live", async () => {
    await stopKubernetes(kit.hands(), { target: kit.spec, secrets: {} }, kit.context());
    const status = await statusOfKubernetes(kit.hands(), { target: kit.spec, secrets: {} }, kit.context());
    expect(status).toMatchObject({ stable: undefined, candidate: undefined });
    expect(status.history.filter(({ state }) => state === "live")).toEqual([]);
  });
});

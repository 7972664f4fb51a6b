// needs: kwok
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blueGreen, canary, metric, rolling } from "../../../src/deploy/index.ts";
import { gateway } from "../../../src/targets/kubernetes/index.ts";
import { list, text } from "../../../src/targets/kubernetes/readiness/object.ts";
import { need } from "../lab.ts";
import { PlayedGateway, ROUTE } from "./played-gateway.ts";
import { labService, RolloutKit } from "./rollout-kit.ts";

describe.skipIf(!need("kwok").available)("weights by an HTTPRoute, on a real control plane", () => {
  let kit: RolloutKit;
  let played: PlayedGateway;

  beforeAll(async () => {
    const traffic = gateway({ parents: ["public"], hostnames: ["web.example"] });
    kit = await RolloutKit.open(process.env["KUBECONFIG"] ?? "", {
      namespace: `roll-gateway-${process.pid}`,
      traffic,
      timeout: "20s",
    });
    played = await PlayedGateway.open(kit.api, kit.namespace);
  });

  afterAll(async () => {
    played.close();
    await kit.remove();
  });

  const app = (version: string): object => labService({ version, replicas: 2 });
  const revisionOf = async (service: string): Promise<string> =>
    text(await kit.get("v1", "Service", service), "spec", "selector", "sluice.dev/revision");
  const fine = metric({ name: "fine", query: () => 0, max: 1 });

  it("goes through exact weights whatever the number of replicas, and ends under the names that stay", async () => {
    const first = await kit.release(app("v1"), rolling());
    expect(first.result).toMatchObject({ outcome: "released", release: { url: "http://web.example" } });
    played.weights.length = 0;
    const steps = canary({
      steps: [3, 37],
      every: "1s",
      window: "500ms",
      warmup: 0,
      analysis: [fine],
      onInconclusive: "promote",
    });
    const { result } = await kit.release(app("v2"), steps);
    expect(result).toMatchObject({ outcome: "released", release: { revision: 2 } });
    expect(played.weights).toEqual([3, 37, 100, 0]);
    for (const service of ["web", "web-stable", "web-candidate"]) expect(await revisionOf(service)).toBe("2");
  });

  it("takes a release back to the route and the services as they were", async () => {
    const before = await kit.get(ROUTE.apiVersion, ROUTE.kind, "web");
    const { result } = await kit.release(app("v3"), blueGreen({ verify: () => false }));
    expect(result.outcome).toBe("rolled-back");
    expect((await kit.get(ROUTE.apiVersion, ROUTE.kind, "web"))?.spec).toEqual(before?.spec);
    for (const service of ["web", "web-stable", "web-candidate"]) expect(await revisionOf(service)).toBe("2");
  });

  it("does not go on while the Gateway finds no backend, and says what it says", async () => {
    played.refuses = true;
    const failed = kit.release(app("v4"), rolling());
    await expect(failed).rejects.toThrow(/no such backend/);
    played.refuses = false;
    const { result } = await kit.release(app("v4"), rolling());
    expect(result.outcome).toBe("released");
  });

  it("carries a patch through a canary, and takes the earlier one back with its release", async () => {
    const patched = (version: string, side: string, type: string): object => {
      const containers = [{ name: "side", image: side }];
      const pod = { spec: { tolerations: [{ key: "gpu", operator: "Exists" }], containers } };
      return labService({ version, replicas: 2, patch: { pod, service: { spec: { type } } } });
    };
    const types = (): Promise<readonly string[]> =>
      Promise.all(
        ["web", "web-stable", "web-candidate"].map(async (name) =>
          text(await kit.get("v1", "Service", name), "spec", "type"),
        ),
      );
    const steps = (max: number) =>
      canary({
        steps: [40],
        every: "1s",
        window: "500ms",
        warmup: 0,
        analysis: [metric({ name: "patched", query: () => 1, max })],
        onInconclusive: "promote",
      });
    const first = await kit.release(patched("v5", "lab.local/side:1", "NodePort"), steps(1));
    expect(first.result).toMatchObject({ outcome: "released" });
    expect(await types()).toEqual(["NodePort", "ClusterIP", "ClusterIP"]);
    const revision = await revisionOf("web");
    const pod = ["spec", "template", "spec"] as const;
    const workload = await kit.get("apps/v1", "Deployment", `web-r${revision}`);
    expect(list(workload, ...pod, "containers").map((one) => text(one, "image"))).toEqual([
      "lab.local/web:1",
      "lab.local/side:1",
    ]);
    expect(list(workload, ...pod, "tolerations")).toEqual([{ key: "gpu", operator: "Exists" }]);

    const second = await kit.release(patched("v5", "lab.local/side:2", "LoadBalancer"), steps(0));
    expect(second.result.outcome).toBe("rolled-back");
    expect([await revisionOf("web"), await types()]).toEqual([
      revision,
      ["NodePort", "ClusterIP", "ClusterIP"],
    ]);
  });
});

// needs: kwok
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { blueGreen, canary, metric, rolling } from "../../../src/deploy/index.ts";
import { gateway } from "../../../src/targets/kubernetes/index.ts";
import type { KubeObject, ObjectWatch } from "../../../src/targets/kubernetes/api/types.ts";
import { at, list, text } from "../../../src/targets/kubernetes/readiness/object.ts";
import { need } from "../lab.ts";
import { labService, RolloutKit } from "./rollout-kit.ts";

const ROUTE = { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" } as const;
const VERSION = "v1.3.0";

/** The definition of HTTPRoute as its own module has it. */
async function routeDefinition(): Promise<KubeObject> {
  const { stdout } = await promisify(execFile)(
    "go",
    ["mod", "download", "-json", `sigs.k8s.io/gateway-api@${VERSION}`],
    {
      cwd: "/",
    },
  );
  const { Dir } = JSON.parse(stdout) as { readonly Dir: string };
  const file = join(Dir, "config", "crd", "standard", "gateway.networking.k8s.io_httproutes.yaml");
  return parse(await readFile(file, "utf8")) as KubeObject;
}

describe.skipIf(!need("kwok").available)("weights by an HTTPRoute, on a real control plane", () => {
  let kit: RolloutKit;
  let routes: ObjectWatch;
  let refuse = false;
  const weights: number[] = [];

  beforeAll(async () => {
    const traffic = gateway({ parents: ["public"], hostnames: ["web.example"] });
    kit = await RolloutKit.open(process.env["KUBECONFIG"] ?? "", {
      namespace: `roll-gateway-${process.pid}`,
      traffic,
      timeout: "20s",
    });
    const definition = await routeDefinition();
    await kit.api.apply(definition, { manager: "sluice-lab", force: true });
    await vi.waitFor(() => kit.api.list(ROUTE, { namespace: "default" }), { timeout: 30_000, interval: 100 });
    routes = kit.api.watch(ROUTE, { namespace: kit.namespace });
    await routes.synced;
    // A Gateway's controller is played: it answers for each generation of the route that it sees.
    routes.onChange((_key, route) => {
      if (route !== undefined) void answer(route);
    });
  });

  afterAll(async () => {
    routes.close();
    await kit.remove();
  });

  async function answer(route: KubeObject): Promise<void> {
    const observedGeneration = route.metadata.generation;
    const [told] = list(route, "status", "parents");
    const [seen] = list(told, "conditions");
    if (at(seen, "observedGeneration") === observedGeneration) return;
    weights.push(Number(at(route, "spec", "rules", 0, "backendRefs", 1, "weight")));
    const condition = (type: string, status: string): object => ({
      type,
      status,
      observedGeneration,
      reason: status === "True" ? type : "BackendNotFound",
      message: status === "True" ? "" : "no such backend",
      lastTransitionTime: new Date().toISOString(),
    });
    const conditions = [condition("Accepted", "True"), condition("ResolvedRefs", refuse ? "False" : "True")];
    const parents = [{ controllerName: "lab.local/played", parentRef: { name: "public" }, conditions }];
    const ref = { ...ROUTE, name: route.metadata.name, namespace: kit.namespace };
    await kit.api.merge(ref, { status: { parents } }, { subresource: "status" }).catch(() => undefined);
  }

  const app = (version: string): object => labService({ version, replicas: 2 });
  const revisionOf = async (service: string): Promise<string> =>
    text(await kit.get("v1", "Service", service), "spec", "selector", "sluice.dev/revision");
  const fine = metric({ name: "fine", query: () => 0, max: 1 });

  it("goes through exact weights whatever the number of replicas, and ends under the names that stay", async () => {
    const first = await kit.release(app("v1"), rolling());
    expect(first.result).toMatchObject({ outcome: "released", release: { url: "http://web.example" } });
    weights.length = 0;
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
    expect(weights).toEqual([3, 37, 100, 0]);
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
    refuse = true;
    const failed = kit.release(app("v4"), rolling());
    await expect(failed).rejects.toThrow(/no such backend/);
    refuse = false;
    const { result } = await kit.release(app("v4"), rolling());
    expect(result.outcome).toBe("released");
  });
});

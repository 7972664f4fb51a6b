// needs: gateway
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rolling } from "../../../src/deploy/index.ts";
import { checkKubernetes } from "../../../src/targets/kubernetes/check/check.ts";
import { gateway } from "../../../src/targets/kubernetes/index.ts";
import { at } from "../../../src/targets/kubernetes/readiness/object.ts";
import { available, GatewayKit, hostOf, labParent } from "./gateway-kit.ts";
import { ROUTE } from "./played-gateway.ts";
import { labService, RolloutKit } from "./rollout-kit.ts";

describe.skipIf(!available)("what a real Gateway's controller answers for a route", () => {
  const namespace = `gateway-answers-${process.pid}`;
  let kit: RolloutKit;

  beforeAll(async () => {
    ({ kit } = await GatewayKit.open({ namespace, timeout: "20s" }));
  });

  afterAll(async () => {
    await kit.remove();
  });

  const app = (version: string): object => labService({ version, replicas: 1 });

  it("is awaited, and the Gateway is there for who looks before", async () => {
    const { result } = await kit.release(app("v1"), rolling());
    expect(result).toMatchObject({ outcome: "released", release: { revision: 1 } });
    const route = await kit.get(ROUTE.apiVersion, ROUTE.kind, "web");
    expect(at(route, "status", "parents")).toMatchObject([
      { controllerName: "traefik.io/gateway-controller", parentRef: labParent() },
    ]);
    const input = { target: kit.spec, app: { kind: "service", spec: app("v1") as never, secrets: {} } };
    const checks = await checkKubernetes(kit.hands(), input, kit.context());
    expect(checks.find(({ what }) => what === "gateways")).toMatchObject({ state: "ok" });
  });

  it("is not awaited of a controller that the route has left", async () => {
    const ref = { ...ROUTE, name: "web", namespace };
    const parents = at(await kit.api.get(ref), "status", "parents") as readonly object[];
    const conditions = [
      {
        type: "Accepted",
        status: "True",
        reason: "Accepted",
        message: "",
        observedGeneration: 1,
        lastTransitionTime: new Date().toISOString(),
      },
    ];
    const left = { controllerName: "lab.local/left", parentRef: { name: "left" }, conditions };
    await kit.api.merge(ref, { status: { parents: [...parents, left] } }, { subresource: "status" });
    const { result } = await kit.release(app("v2"), rolling());
    expect(result).toMatchObject({ outcome: "released", release: { revision: 2 } });
    // Traefik keeps it, as it should: it is not its own.
    expect(at(await kit.api.get(ref), "status", "parents")).toHaveLength(2);
  });

  it("ends a release where it refuses one of two parents", async () => {
    const traffic = gateway({
      parents: ["http", "missing"].map((sectionName) => ({ ...labParent(), sectionName })),
      hostnames: [hostOf(namespace)],
    });
    const two = await RolloutKit.open(process.env["SLUICE_CLUSTER"] ?? "", {
      namespace,
      traffic,
      timeout: "20s",
    });
    await expect(two.release(app("v3"), rolling())).rejects.toThrow(/gateway public refuses it/);
    two.api.close();
    const { result } = await kit.release(app("v3"), rolling());
    expect(result.outcome).toBe("released");
  });
});

import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { at, list } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import { frontOf } from "../../../../../src/targets/kubernetes/driver/content.ts";
import { renderService } from "../../../../../src/targets/kubernetes/render/service.ts";
import type { RenderedService } from "../../../../../src/targets/kubernetes/render/types.ts";
import { Endpoints } from "../../../../../src/targets/kubernetes/traffic/endpoints.ts";
import { GatewayRouter } from "../../../../../src/targets/kubernetes/traffic/gateway.ts";
import { ReplicasRouter } from "../../../../../src/targets/kubernetes/traffic/replicas.ts";
import type { RouterHands } from "../../../../../src/targets/kubernetes/traffic/router.ts";
import { IDENTITY, plain, SALT } from "./apps.ts";

const render = (patch: object, changes: object = {}): RenderedService =>
  renderService(plain({ ...changes, patch }), IDENTITY, { salt: SALT });

const pod = { metadata: { annotations: { inject: "yes" } }, spec: { nodeSelector: { pool: "gpu" } } };

describe("a patched service", () => {
  it("keeps the defaults of the app's container, beside what the patch adds", () => {
    const containers = [
      { name: "side", image: "proxy:1" },
      { name: "app", envFrom: [{ secretRef: { name: "db" } }], securityContext: { runAsGroup: 5 } },
    ];
    const before = render({}).workload(7, 3);
    const workload = render({ pod: { ...pod, spec: { ...pod.spec, containers } } }).workload(7, 3);
    const [app, side, ...others] = list(workload, "spec", "template", "spec", "containers");
    const [unpatched] = list(before, "spec", "template", "spec", "containers") as readonly object[];
    expect(app).toEqual({
      ...unpatched,
      envFrom: [{ secretRef: { name: "db" } }],
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
        runAsGroup: 5,
      },
    });
    expect([side, others]).toEqual([{ name: "side", image: "proxy:1" }, []]);
    expect(at(workload, "spec", "template", "spec", "nodeSelector")).toEqual({ pool: "gpu" });
    expect(at(workload, "spec", "template", "spec", "securityContext", "runAsNonRoot")).toBe(true);
    expect(at(workload, "spec", "template", "metadata", "annotations")).toEqual({ inject: "yes" });
    expect(workload.metadata).toEqual(before.metadata);
  });

  it("has each patch on its own object", () => {
    const rendered = render(
      {
        deployment: { spec: { strategy: { rollingUpdate: { maxSurge: 1 } } } },
        account: { imagePullSecrets: [{ name: "registry" }] },
        autoscaler: { spec: { metrics: [] } },
        disruptionBudget: { spec: { maxUnavailable: null, minAvailable: 1 } },
      },
      { replicas: 2, autoscale: { max: 4 } },
    );
    const [budget, autoscaler] = rendered.stableObjects("shop-r7");
    expect(at(rendered.workload(7, 3), "spec", "strategy", "rollingUpdate")).toEqual({
      maxUnavailable: 0,
      maxSurge: 1,
    });
    expect(rendered.configuration[0]?.["imagePullSecrets"]).toEqual([{ name: "registry" }]);
    expect(autoscaler?.spec).toMatchObject({ maxReplicas: 4, metrics: [] });
    expect(budget?.spec).toEqual({
      minAvailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels: { "app.kubernetes.io/name": "shop" } },
    });
  });

  it("needs no patch in an app that was planned before there were any", () => {
    const { spec, ...app } = plain();
    const { cluster, ...others } = spec as { cluster: Readonly<Record<string, unknown>> };
    const { patch: _, ...before } = cluster;
    const old = { ...app, spec: { ...others, cluster: before } } as never;
    expect(renderService(old, IDENTITY, { salt: SALT }).digest).toBe(render({}).digest);
  });
});

describe("the Services of a patched service", () => {
  const service = {
    metadata: { annotations: { scheme: "internal" } },
    spec: { type: "LoadBalancer", ports: [{ name: "metrics", port: 9_100 }] },
  };
  const api = {} as RouterHands["api"];
  const hands = { api, app: "shop", namespace: "prod", labels: {}, force: false, timeout: 1 };
  const own = { ...hands, guard: () => Promise.resolve() };
  const endpoints = new Endpoints(api, "shop", "prod");
  const typed = (objects: readonly KubeObject[]): readonly (readonly [string, unknown])[] =>
    objects.map((object) => [`${object.kind}/${object.metadata.name}`, at(object, "spec", "type")]);

  it("are patched under the app's own name, and nowhere else", () => {
    const gateway = new GatewayRouter(own, endpoints, { parents: [{ name: "public" }], hostnames: [] });
    expect(typed(gateway.draft(frontOf(render({ service }))))).toEqual([
      ["Service/shop", "LoadBalancer"],
      ["Service/shop-stable", undefined],
      ["Service/shop-candidate", undefined],
      ["HTTPRoute/shop", undefined],
    ]);
  });

  it("keep their port, their selector and the weight that is noted on them", () => {
    const [object] = new ReplicasRouter(own, endpoints).draft(frontOf(render({ service })));
    expect(object?.metadata.annotations).toEqual({ "sluice.dev/weight": "0", scheme: "internal" });
    expect(object?.spec).toEqual({
      type: "LoadBalancer",
      selector: { "app.kubernetes.io/name": "shop" },
      ports: [
        { name: "http", port: 80, protocol: "TCP", targetPort: "http" },
        { name: "metrics", port: 9_100 },
      ],
    });
  });
});

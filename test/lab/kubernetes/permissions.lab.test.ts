// needs: kwok
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blueGreen, job, rolling } from "../../../src/deploy/index.ts";
import type { Strategy, StrategyResult } from "../../../src/ports/index.ts";
import { connectKubernetes } from "../../../src/targets/kubernetes/connect.ts";
import { checkKubernetes } from "../../../src/targets/kubernetes/check/check.ts";
import { gateway } from "../../../src/targets/kubernetes/index.ts";
import type { TargetHands } from "../../../src/targets/kubernetes/place.ts";
import { replicas } from "../../../src/targets/kubernetes/traffic/traffic.ts";
import { rollbackKubernetes } from "../../../src/targets/kubernetes/verbs/rollback.ts";
import { statusOfKubernetes } from "../../../src/targets/kubernetes/verbs/status.ts";
import { stopKubernetes } from "../../../src/targets/kubernetes/verbs/stop.ts";
import { rolloutContext } from "../../../src/testing/index.ts";
import { permissionTable } from "../../fixtures/kubernetes/permission-table.ts";
import { need } from "../lab.ts";
import { PlayedGateway } from "./played-gateway.ts";
import { labProvider, labService, RolloutKit } from "./rollout-kit.ts";

const RBAC = "rbac.authorization.k8s.io";
const USER = "table-deployer";
const CLOCK = { now: () => Date.now(), sleep: () => Promise.resolve() };
const GROUPS: Readonly<Record<string, string>> = {
  deployments: "apps",
  replicasets: "apps",
  leases: "coordination.k8s.io",
  endpointslices: "discovery.k8s.io",
  poddisruptionbudgets: "policy",
  horizontalpodautoscalers: "autoscaling",
  jobs: "batch",
  httproutes: "gateway.networking.k8s.io",
};

const TRAFFIC = [
  ["replicas", replicas()],
  ["gateway", gateway({ parents: ["public"] })],
] as const;

describe.skipIf(!need("kwok").available).each(TRAFFIC)(
  "who may do what docs/kubernetes.md lists, with traffic by %s",
  (kind, traffic) => {
    let kit: RolloutKit;
    let played: PlayedGateway;
    let limited: TargetHands;

    beforeAll(async () => {
      const file = process.env["KUBECONFIG"] ?? "";
      const namespace = `table-${kind}-${process.pid}`;
      const admin = labProvider(file);
      kit = await RolloutKit.open(file, { namespace, createNamespace: false, history: 1, traffic });
      await kit.api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
      played = await PlayedGateway.open(kit.api, namespace);
      const rules = permissionTable().map(({ resource, verbs }) => ({
        apiGroups: [GROUPS[resource] ?? ""],
        resources: [resource],
        verbs,
      }));
      const metadata = { name: "deployer", namespace };
      await kit.api.create({ apiVersion: `${RBAC}/v1`, kind: "Role", metadata, rules });
      await kit.api.create({
        apiVersion: `${RBAC}/v1`,
        kind: "RoleBinding",
        metadata,
        subjects: [{ apiGroup: RBAC, kind: "User", name: USER }],
        roleRef: { apiGroup: RBAC, kind: "Role", name: "deployer" },
      });
      const headers = { "Impersonate-User": USER };
      const connect: typeof admin.connect = async (context) => ({
        ...(await admin.connect(context)),
        headers,
      });
      limited = { ...kit.hands(), provider: { ...admin, connect } };
    });
    afterAll(async () => {
      played.close();
      await kit.remove();
    });

    const resolved = (version: string) => ({
      kind: "service",
      spec: {
        ...labService({
          version,
          replicas: 2,
          disruption: 1,
          autoscale: { max: 4 },
          config: { files: { "/etc/app/settings": `version=${version}` } },
          hooks: { before: [job({ name: "migrate", image: "lab.local/web:1", command: ["true"] })] },
        }),
        secrets: { KEY: { $secret: "key" } },
      } as never,
      secrets: { key: `key of ${version}` },
    });

    async function release(version: string, strategy: Strategy): Promise<StrategyResult> {
      const spec = { target: kit.spec, app: resolved(version) };
      const driver = await connectKubernetes(limited, spec, kit.context());
      try {
        return await strategy.release(driver, strategy.spec as never, rolloutContext({ clock: CLOCK }));
      } finally {
        await driver.close();
      }
    }

    it("is found able to deploy", async () => {
      const found = await checkKubernetes(limited, { target: kit.spec, app: resolved("1") }, kit.context());
      expect(found.find(({ what }) => what === "permissions")?.state).toBe("ok");
      expect(found.filter(({ state, what }) => state === "failed" && what !== "gateways")).toEqual([]);
    });

    it("can release, take back, go back, forget old releases and end", async () => {
      for (const version of ["1", "2", "3"])
        expect(await release(version, rolling())).toMatchObject({ outcome: "released" });
      expect(await release("4", blueGreen({ verify: () => false }))).toMatchObject({
        outcome: "rolled-back",
        restored: 3,
      });
      expect(await release("5", blueGreen())).toMatchObject({ outcome: "released" });
      const verb = { target: kit.spec, secrets: {} };
      expect((await rollbackKubernetes(limited, verb, kit.context(), {})).revision).toBe(3);
      const status = await statusOfKubernetes(limited, verb, kit.context());
      expect(status.stable).toMatchObject({ revision: 3 });
      expect(status.history.map(({ revision }) => revision)).not.toContain(1);
      await stopKubernetes(limited, verb, kit.context());
      expect((await statusOfKubernetes(limited, verb, kit.context())).stable).toBeUndefined();
    }, 180_000);
  },
);

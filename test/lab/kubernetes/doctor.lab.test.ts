// needs: kwok
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blueGreen, rolling } from "../../../src/deploy/index.ts";
import type { ClusterProvider, Strategy, TargetCheck } from "../../../src/ports/index.ts";
import { connectKubernetes } from "../../../src/targets/kubernetes/connect.ts";
import { checkKubernetes } from "../../../src/targets/kubernetes/check/check.ts";
import { servicePermissions } from "../../../src/targets/kubernetes/check/permissions.ts";
import type { Permission } from "../../../src/targets/kubernetes/apply/permissions.ts";
import type { TargetHands } from "../../../src/targets/kubernetes/place.ts";
import { rollbackKubernetes } from "../../../src/targets/kubernetes/verbs/rollback.ts";
import { statusOfKubernetes } from "../../../src/targets/kubernetes/verbs/status.ts";
import { stopKubernetes } from "../../../src/targets/kubernetes/verbs/stop.ts";
import { rolloutContext } from "../../../src/testing/index.ts";
import { need } from "../lab.ts";
import { job } from "../../../src/deploy/index.ts";
import { labService, labProvider, RolloutKit } from "./rollout-kit.ts";

const NAMESPACE = "doctor";
const USER = "doctor-deployer";
const CLOCK = { now: () => Date.now(), sleep: () => Promise.resolve() };

describe.skipIf(!need("kwok").available)("what a deploy needs, on a real control plane", () => {
  let kit: RolloutKit;
  let admin: ClusterProvider;
  const app = (version: string): object =>
    labService({
      version,
      replicas: 2,
      disruption: 1,
      autoscale: { max: 4 },
      config: { files: { "/etc/app/settings": "a=1" } },
      hooks: { before: [job({ name: "migrate", image: "lab.local/web:1", command: ["true"] })] },
    });

  beforeAll(async () => {
    const file = process.env["KUBECONFIG"] ?? "";
    admin = labProvider(file);
    kit = await RolloutKit.open(file, { namespace: NAMESPACE, name: "shop", createNamespace: false });
    await kit.api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    await kit.api.create({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "deployer", namespace: NAMESPACE },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: USER }],
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "deployer" },
    });
  });
  afterAll(() => kit.remove());

  /** Somebody who may do what the Role says and nothing else. */
  const limited = (): TargetHands => ({
    ...kit.hands(),
    provider: {
      ...admin,
      connect: async (context) => ({
        ...(await admin.connect(context)),
        headers: { "Impersonate-User": USER },
      }),
    },
  });

  async function allow(permissions: readonly Permission[]): Promise<void> {
    const rules = await Promise.all(
      permissions.map(async ({ apiVersion, kind, verb, subresource }) => {
        const { name } = await kit.api.resource({ apiVersion, kind });
        const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
        const resource = subresource === undefined ? name : `${name}/${subresource}`;
        return { apiGroups: [group], resources: [resource], verbs: [verb] };
      }),
    );
    await kit.api.apply(
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "deployer", namespace: NAMESPACE },
        rules,
      },
      { manager: "lab", force: true },
    );
  }

  const resolved = (version: string) => ({ kind: "service", spec: app(version) as never, secrets: {} });
  const check = (hands: TargetHands): Promise<readonly TargetCheck[]> =>
    checkKubernetes(hands, { target: kit.spec, app: resolved("1") }, kit.context());
  const needed = (): Permission[] => servicePermissions(app("1"), kit.spec, NAMESPACE);

  async function release(version: string, strategy: Strategy): Promise<unknown> {
    const driver = await connectKubernetes(
      limited(),
      { target: kit.spec, app: resolved(version) },
      kit.context(),
    );
    try {
      return await strategy.release(driver, strategy.spec as never, rolloutContext({ clock: CLOCK }));
    } finally {
      await driver.close();
    }
  }

  it("is found missing, right by right, and nothing was changed", async () => {
    await allow(needed().filter(({ kind, verb }) => !(kind === "Job" && verb === "create")));
    const found = await check(limited());
    const permissions = found.find(({ what }) => what === "permissions");
    expect(permissions).toMatchObject({
      state: "failed",
      detail: `1 of ${needed().length} are missing: Job create`,
    });
    expect(found.find(({ what }) => what === "credentials")?.detail).toBe(`we are ${USER}`);
    expect(await kit.api.list({ apiVersion: "v1", kind: "Secret" }, { namespace: NAMESPACE })).toEqual([]);
  });

  it("is enough for a first release, the next one, going back and ending, and each right is asked about", async () => {
    await allow(needed());
    expect((await check(limited())).map(({ what, state }) => `${what} ${state}`)).toEqual([
      "app ok",
      "cluster ok",
      "credentials ok",
      // Looking at it is no right that a deploy needs.
      "namespace skipped",
      "permissions ok",
      "registry skipped",
    ]);
    expect(await release("1", rolling())).toMatchObject({ outcome: "released" });
    expect(await release("2", blueGreen())).toMatchObject({ outcome: "released" });
    const verb = { target: kit.spec, secrets: {} };
    expect((await rollbackKubernetes(limited(), verb, kit.context(), {})).revision).toBe(1);
    expect((await statusOfKubernetes(limited(), verb, kit.context())).stable).toMatchObject({ revision: 1 });
    await stopKubernetes(limited(), verb, kit.context());
  }, 120_000);

  it("is not asked for where the way there is missing", async () => {
    const nowhere: TargetHands = {
      ...kit.hands(),
      provider: { ...admin, connect: () => Promise.resolve({ server: "http://127.0.0.1:1" }) },
    };
    const [, cluster, ...rest] = await check(nowhere);
    expect(cluster).toMatchObject({ what: "cluster", state: "failed" });
    expect(rest.map(({ state }) => state)).toEqual(["skipped", "skipped", "skipped", "skipped"]);
  }, 60_000);

  it("begins with being let in", async () => {
    const stranger: TargetHands = {
      ...kit.hands(),
      provider: {
        ...admin,
        connect: async (context) => ({
          ...(await admin.connect(context)),
          credentials: () => Promise.resolve({ token: "nobody" }),
        }),
      },
    };
    const found = await check(stranger);
    expect(found.find(({ state }) => state === "failed")).toMatchObject({ what: "credentials" });
  });

  it("says so where the namespace is missing, or would be made", async () => {
    const elsewhere = { ...kit.spec, namespace: "doctor-not-there" };
    const at = (createNamespace: boolean): Promise<readonly TargetCheck[]> =>
      checkKubernetes(
        kit.hands(),
        { target: { ...elsewhere, createNamespace }, app: resolved("1") },
        kit.context(),
      );
    expect((await at(false)).find(({ what }) => what === "namespace")).toMatchObject({ state: "failed" });
    expect((await at(true)).find(({ what }) => what === "namespace")).toMatchObject({
      state: "ok",
      detail: "doctor-not-there will be made",
    });
  });

  it("fails where a namespace is to be made and may not be looked for, as the deploy does", async () => {
    await allow(needed());
    const target = { ...kit.spec, createNamespace: true };
    const found = await checkKubernetes(limited(), { target, app: resolved("1") }, kit.context());
    expect(found.find(({ what }) => what === "namespace")).toMatchObject({
      state: "failed",
      detail: `we may not look whether ${NAMESPACE} is there, which createNamespace does first`,
    });
    const deploy = connectKubernetes(limited(), { target, app: resolved("1") }, kit.context());
    await expect(deploy).rejects.toThrow(/namespaces.* is forbidden|cannot get/);
  });
});

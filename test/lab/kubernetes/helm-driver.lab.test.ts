// needs: kwok helm3 helm4
import { symlinkSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rolling } from "../../../src/deploy/index.ts";
import type { Release } from "../../../src/model/index.ts";
import type { RolloutDriver, StrategyResult, TargetContext } from "../../../src/ports/index.ts";
import type { KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import { connectKubernetes } from "../../../src/targets/kubernetes/connect.ts";
import { childKubeconfig } from "../../../src/targets/kubernetes/helm/child-kubeconfig.ts";
import { helmStatus } from "../../../src/targets/kubernetes/helm/revisions.ts";
import { helmRollback } from "../../../src/targets/kubernetes/helm/rollback.ts";
import { at } from "../../../src/targets/kubernetes/readiness/object.ts";
import { listReleases } from "../../../src/targets/kubernetes/release/record-store.ts";
import { rollbackKubernetes } from "../../../src/targets/kubernetes/verbs/rollback.ts";
import { statusOfKubernetes } from "../../../src/targets/kubernetes/verbs/status.ts";
import { rolloutContext } from "../../../src/testing/index.ts";
import { need } from "../lab.ts";
import { writeChart } from "./helm-chart.ts";
import { labConnection } from "./lab-api.ts";
import { RolloutKit } from "./rollout-kit.ts";

const PASSWORD = "hunter2-and-more";

describe.each(["helm3", "helm4"])("a release by %s", (part) => {
  const available = need("kwok").available && need(part).available;
  let root: string;
  let kit: RolloutKit;

  beforeAll(async () => {
    if (!available) return;
    root = await mkdtemp(join(tmpdir(), "sluice-helm-"));
    await writeChart(join(root, "chart"));
    symlinkSync(process.env[`SLUICE_${part.toUpperCase()}`] ?? "", join(root, "helm"));
    kit = await RolloutKit.open(process.env["KUBECONFIG"] ?? "", {
      namespace: `driver-${part}`,
      name: "shop",
    });
  });
  afterAll(async () => {
    if (!available) return;
    await kit.remove();
    await rm(root, { recursive: true, force: true });
  });

  function context(): TargetContext {
    const env = { ...process.env, PATH: `${root}${delimiter}${process.env["PATH"] ?? ""}` };
    return { ...kit.context(), root, env: env };
  }

  async function connect(values: object): Promise<RolloutDriver> {
    const spec = { chart: "./chart", values, version: null, repo: null, release: null, timeout: 8_000 };
    const app = { kind: "helm", spec: spec as never, secrets: { password: PASSWORD } };
    return await connectKubernetes(kit.hands(), { target: kit.spec, app }, context());
  }

  async function release(values: object): Promise<StrategyResult> {
    const driver = await connect({ password: { $secret: "password" }, ...values });
    const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
    try {
      const strategy = rolling();
      return await strategy.release(driver, strategy.spec as never, rolloutContext({ clock }));
    } finally {
      await driver.close();
    }
  }

  const status = () => statusOfKubernetes(kit.hands(), { target: kit.spec, secrets: {} }, context());
  const rollback = (to?: number): Promise<Release> =>
    rollbackKubernetes(
      kit.hands(),
      { target: kit.spec, secrets: {} },
      context(),
      to === undefined ? {} : { to },
    );
  const deployment = (): Promise<KubeObject | undefined> => kit.get("apps/v1", "Deployment", "shop");
  const replicas = async (): Promise<unknown> => at(await deployment(), "spec", "replicas");
  const revisions = () => helmStatus(kit.api, kit.namespace, "shop");

  it.skipIf(!available)("leaves nothing of a first one that never gets ready", async () => {
    const result = await release({ pod: "unready" });
    expect(result).toMatchObject({ outcome: "rolled-back" });
    // Helm does not wait until what it removes is gone.
    await expect.poll(deployment, { timeout: 30_000 }).toBeUndefined();
    expect((await status()).stable).toBeUndefined();
  });

  it.skipIf(!available)("is made once, and is then already live", async () => {
    expect(await release({ replicas: 1 })).toMatchObject({ outcome: "released" });
    expect(await replicas()).toBe(1);
    const before = await revisions();
    expect(await release({ replicas: 1 })).toMatchObject({ outcome: "released" });
    expect(await revisions()).toEqual(before);
    expect((await status()).stable).toMatchObject({ state: "live", ready: 1 });
  });

  it.skipIf(!available)(
    "is taken back where the next one never gets ready, and is still the live one",
    async () => {
      const live = (await status()).stable;
      const result = await release({ replicas: 3, pod: "unready" });
      expect(result).toMatchObject({ outcome: "rolled-back", restored: live?.revision });
      expect(await replicas()).toBe(1);
      const before = await revisions();
      expect(await release({ replicas: 1 })).toMatchObject({ outcome: "released" });
      expect(await revisions()).toEqual(before);
    },
  );

  it.skipIf(!available)(
    "goes back to the release before, as a new revision, and forward by number",
    async () => {
      const first = (await status()).stable;
      await release({ replicas: 2 });
      expect(await replicas()).toBe(2);
      const second = (await status()).stable;
      const back = await rollback();
      expect(back).toMatchObject({ digest: first?.digest });
      expect(await replicas()).toBe(1);
      await rollback(second?.revision);
      expect(await replicas()).toBe(2);
      expect((await status()).stable).toMatchObject({ digest: second?.digest, state: "live" });
    },
  );

  it.skipIf(!available)("is refused as a whole before anything is recorded", async () => {
    const before = await revisions();
    const [last] = await listReleases(kit.api, { app: "shop", namespace: kit.namespace, target: "shop" });
    await expect(release({ replicas: -1, policy: "Sometimes" })).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
      message: expect.stringMatching(
        /nothing was changed(?=[^]*spec\.replicas)(?=[^]*imagePullPolicy)/,
      ) as string,
    });
    expect(await revisions()).toEqual(before);
    const [now] = await listReleases(kit.api, { app: "shop", namespace: kit.namespace, target: "shop" });
    expect(now?.header).toEqual(last?.header);
  });

  it.skipIf(!available)(
    "does not run its hooks again where Helm had ended before the process died",
    async () => {
      const driver = await connect({ replicas: 3, password: { $secret: "password" } });
      const [made] = await listReleases(kit.api, { app: "shop", namespace: kit.namespace, target: "shop" });
      await driver.roll?.();
      // It dies before it has written down which revision Helm has made.
      const [begun] = await listReleases(kit.api, { app: "shop", namespace: kit.namespace, target: "shop" });
      expect(begun?.header.revision).toBe((made?.header.revision ?? 0) + 1);
      await driver.close();
      const [before] = await revisions();
      expect(await release({ replicas: 3 })).toMatchObject({ outcome: "released" });
      expect((await revisions())[0]).toEqual(before);
      expect(await replicas()).toBe(3);
    },
  );

  it.skipIf(!available)("can be brought back however many releases have failed since", async () => {
    await release({ replicas: 1 });
    const wanted = (await status()).stable;
    await release({ replicas: 2 });
    // Each failure uses several revisions; these stand for those of many.
    const child = await childKubeconfig(labConnection(), kit.namespace);
    try {
      const helm = {
        ...context(),
        kubeconfig: child.path,
        namespace: kit.namespace,
        keep: 0,
      };
      const [newest] = await revisions();
      for (let index = 0; index < 12; index++) await helmRollback(helm, "shop", newest?.revision ?? 0, null);
    } finally {
      await child.dispose();
    }
    expect(await release({ replicas: 2, pod: "pull" })).toMatchObject({ outcome: "rolled-back" });
    const back = await rollback(wanted?.revision);
    expect(back).toMatchObject({ digest: wanted?.digest });
    expect(await replicas()).toBe(1);
  });

  it.skipIf(!available)("is taken back also where what was there before is not ready again", async () => {
    await release({ replicas: 1 });
    const live = (await status()).stable;
    // Its pods break down from now on, for a reason that the chart does not hold.
    const ref = { apiVersion: "apps/v1", kind: "Deployment", name: "shop", namespace: kit.namespace };
    await kit.api.merge(ref, { spec: { template: { spec: { nodeSelector: { gone: "yes" } } } } });
    expect(await release({ replicas: 2 })).toMatchObject({ outcome: "rolled-back" });
    expect(await replicas()).toBe(1);
    expect((await status()).stable).toMatchObject({ revision: live?.revision });
    expect((await status()).candidate).toBeUndefined();
    await kit.api.merge(ref, { spec: { template: { spec: { nodeSelector: null } } } });
  });

  it.skipIf(!available)("is gone on with after a process that died in the middle", async () => {
    const driver = await connect({ replicas: 4, password: { $secret: "password" } });
    await driver.roll?.();
    // Not promoted: what a killed process leaves, but for the lease, which is let go of to save the wait.
    await driver.close();
    expect((await status()).candidate).toBeDefined();
    expect(await release({ replicas: 4 })).toMatchObject({ outcome: "released" });
    expect(await replicas()).toBe(4);
    expect((await status()).candidate).toBeUndefined();
    expect(kit.output.join("")).not.toContain(PASSWORD);
  });
});

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
import { helmStatus } from "../../../src/targets/kubernetes/helm/revisions.ts";
import { at } from "../../../src/targets/kubernetes/readiness/object.ts";
import { rollbackKubernetes } from "../../../src/targets/kubernetes/verbs/rollback.ts";
import { statusOfKubernetes } from "../../../src/targets/kubernetes/verbs/status.ts";
import { rolloutContext } from "../../../src/testing/index.ts";
import { need } from "../lab.ts";
import { writeChart } from "./helm-chart.ts";
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
    expect(await deployment()).toBeUndefined();
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

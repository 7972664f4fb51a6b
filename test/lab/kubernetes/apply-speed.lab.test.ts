// needs: kwok, kubectl-cli
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rolling } from "../../../src/deploy/index.ts";
import { connectKubernetes } from "../../../src/targets/kubernetes/connect.ts";
import { rolloutContext } from "../../../src/testing/index.ts";
import { RolloutKit } from "./rollout-kit.ts";
import type { KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import { applyObjects } from "../../../src/targets/kubernetes/apply/apply-objects.ts";
import { waitUntilReady } from "../../../src/targets/kubernetes/wait/wait-until-ready.ts";
import { need } from "../lab.ts";
import { runCommand } from "../run-command.ts";
import {
  configMap,
  deployment,
  forever,
  labApi,
  makeNamespace,
  removeNamespace,
  scopeIn,
} from "./lab-api.ts";

const NAMESPACE = "apply-speed";
const ROUNDS = 5;

/** A release as many have it: settings, two Services, two Deployments whose pods take half a second. */
function release(name: string): readonly KubeObject[] {
  const apps = [`${name}-web`, `${name}-worker`];
  return [
    configMap(`${name}-settings`, { mode: "fast" }),
    ...apps.map((app) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: app },
      spec: { selector: { app }, ports: [{ port: 80 }] },
    })),
    ...apps.map((app) =>
      deployment(app, { replicas: 4, annotations: { "lab/pod": "ready", "lab/after": "500ms" } }),
    ),
  ];
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;

describe.skipIf(!need("kwok").available || !need("kubectl-cli").available)("from apply to ready", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-speed-"));
    await makeNamespace(NAMESPACE);
  });
  afterAll(async () => {
    await removeNamespace(NAMESPACE);
    await rm(folder, { recursive: true });
  });

  async function byKubectl(name: string): Promise<number> {
    const objects = release(name);
    const file = join(folder, `${name}.json`);
    await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    const kubectl = (...args: readonly string[]): Promise<unknown> =>
      runCommand(process.env["SLUICE_KUBECTL"] ?? "", ["--namespace", NAMESPACE, ...args], {
        env: { ...process.env, HOME: folder },
      });
    const since = performance.now();
    await kubectl("apply", "--server-side", "-f", file);
    for (const { kind, metadata } of objects) {
      if (kind === "Deployment") await kubectl("rollout", "status", `deployment/${metadata.name}`);
    }
    return performance.now() - since;
  }

  async function byUs(name: string): Promise<number> {
    const since = performance.now();
    const api = labApi();
    const options = { signal: forever(), report: (): void => undefined };
    const applied = await applyObjects(
      api,
      release(name),
      scopeIn(NAMESPACE, { set: `${name}-set` }),
      options,
    );
    await waitUntilReady(api, applied, { ...options, timeout: 60_000 });
    api.close();
    return performance.now() - since;
  }

  /** The whole of a deploy: the lease, the records, apply, wait, promotion, pruning. */
  async function byDeploy(kit: RolloutKit, name: string): Promise<number> {
    const items = release(name);
    await writeFile(join(folder, `${name}.json`), JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    const context = { ...kit.context(), root: folder };
    const spec = { globs: [`${name}.json`], env: null, only: null };
    const app = { kind: "manifests", spec, secrets: {} };
    const target = { ...kit.spec, name, app: name };
    const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
    const strategy = rolling();
    const since = performance.now();
    const driver = await connectKubernetes(kit.hands(), { target, app }, context);
    const result = await strategy.release(driver, strategy.spec as never, rolloutContext({ clock }));
    await driver.close();
    const took = performance.now() - since;
    expect(result.outcome).toBe("released");
    return took;
  }

  it("takes at most a second longer than kubectl apply and rollout status of the same objects", async () => {
    await byKubectl("warm-kubectl");
    await byUs("warm-us");
    const kit = await RolloutKit.open(process.env["KUBECONFIG"] ?? "", { namespace: NAMESPACE });
    await byDeploy(kit, "warm-deploy");
    const [kubectl, us, deploys]: [number[], number[], number[]] = [[], [], []];
    // In turns, so that what else the machine does falls on both.
    for (let round = 0; round < ROUNDS; round++) {
      kubectl.push(await byKubectl(`kubectl-${round}`));
      us.push(await byUs(`us-${round}`));
      deploys.push(await byDeploy(kit, `deploy-${round}`));
    }
    const [theirs, ours, whole] = [median(kubectl), median(us), median(deploys)];
    console.log(
      `kubectl ${Math.round(theirs)} ms, apply and wait ${Math.round(ours)} ms, a whole deploy ${Math.round(whole)} ms (medians of ${ROUNDS})`,
    );
    expect(ours).toBeLessThan(theirs + 1_000);
    expect(whole).toBeLessThan(theirs + 1_000);
    await kit.remove();
  });
});

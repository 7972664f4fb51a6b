import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClusterProvider, RolloutDriver } from "../../../../../src/ports/index.ts";
import { connectKubernetes } from "../../../../../src/targets/kubernetes/connect.ts";
import { kubernetesSpec } from "../../../../../src/targets/kubernetes/options.ts";
import type { TargetHands } from "../../../../../src/targets/kubernetes/place.ts";
import { at } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import { rollbackKubernetes } from "../../../../../src/targets/kubernetes/verbs/rollback.ts";
import {
  statusesOfKubernetes,
  statusOfKubernetes,
} from "../../../../../src/targets/kubernetes/verbs/status.ts";
import { stopKubernetes } from "../../../../../src/targets/kubernetes/verbs/stop.ts";
import { job, service } from "../../../../../src/deploy/index.ts";
import { FakeCluster } from "./fake-cluster.ts";
import { targetContext } from "../../../../fixtures/target-context.ts";

const provider: ClusterProvider = {
  kind: "test",
  name: "prod",
  spec: {},
  needs: [],
  describe: () => "a cluster in memory",
  connect: () => Promise.resolve({ server: "https://127.0.0.1:1", namespace: "shop" }),
};

const spec = kubernetesSpec({ cluster: provider, timeout: 1_000 });

describe("the verbs of a Kubernetes target", () => {
  let cluster: FakeCluster;
  let hands: TargetHands;
  let drivers: RolloutDriver[];

  beforeEach(() => {
    cluster = new FakeCluster();
    hands = { provider, counts: undefined, open: () => cluster.api() };
    drivers = [];
  });

  afterEach(async () => {
    await Promise.all(drivers.map((driver) => driver.close()));
  });

  const context = targetContext({
    pipeline: "My Shop",
  });
  const verb = { target: spec, secrets: {} };

  async function connect(version: string, options: object = {}, secrets = {}): Promise<RolloutDriver> {
    const app = service({ image: `web:${version}`, replicas: 2, ...options } as never);
    const names = Object.fromEntries(
      Object.keys(secrets).map((name) => [name.toUpperCase(), { $secret: name }]),
    );
    const given = JSON.parse(JSON.stringify({ ...(app.spec as object), secrets: names })) as never;
    const resolved = { kind: "service", spec: given, secrets };
    const driver = await connectKubernetes(hands, { target: spec, app: resolved }, context);
    drivers.push(driver);
    return driver;
  }

  async function release(version: string, options: object = {}, secrets = {}): Promise<void> {
    const driver = await connect(version, options, secrets);
    await driver.start(2);
    await driver.route(100);
    await driver.promote();
    await driver.close();
  }

  const replicas = (revision: number): unknown =>
    at(
      cluster.get({
        apiVersion: "apps/v1",
        kind: "Deployment",
        name: `my-shop-r${revision}`,
        namespace: "shop",
      }),
      "spec",
      "replicas",
    );
  /** Changes what the pods of a revision are like, behind everybody's back. */
  function spoil(revision: number, annotations: Readonly<Record<string, string>>): void {
    const name = `my-shop-r${revision}`;
    const one = cluster.get({ apiVersion: "apps/v1", kind: "Deployment", name, namespace: "shop" });
    Object.assign(at(one, "spec", "template", "metadata", "annotations") as object, annotations);
  }
  const rollback = (options: { readonly to?: number } = {}) =>
    rollbackKubernetes(hands, verb, context, options);
  const status = () => statusOfKubernetes(hands, verb, context);

  it("knows nothing of a target on which nothing was deployed", async () => {
    expect(await status()).toMatchObject({ target: "prod", stable: undefined, history: [] });
    await expect(rollback()).rejects.toMatchObject({ code: "TARGET_UNKNOWN" });
    await stopKubernetes(hands, verb, context);
    expect([...cluster.objects.values()]).toEqual([]);
  });

  it("shows what is live in time, while other verbs try for longer", async () => {
    const deadlines: unknown[] = [];
    const open: TargetHands["open"] = (_, { deadline }) => {
      deadlines.push(deadline);
      return cluster.api();
    };
    await statusOfKubernetes({ ...hands, open }, verb, context);
    await statusesOfKubernetes({ ...hands, open }, verb, context);
    await stopKubernetes({ ...hands, open }, verb, context);
    expect(deadlines).toEqual([10_000, 10_000, undefined]);
  });

  it("shows what is live, what is coming, and what was", async () => {
    await release("1");
    await release("2");
    const driver = await connect("3");
    await driver.start(1);
    await driver.route(50);
    expect(await status()).toMatchObject({
      target: "prod",
      url: "http://my-shop.shop.svc",
      stable: { revision: 2, ready: 1, state: "live" },
      candidate: { revision: 3, ready: 1, state: "candidate" },
      weight: 50,
      history: [{ revision: 3 }, { revision: 2 }, { revision: 1, state: "retired", ready: 0 }],
    });
  });

  it("refuses a second deploy while one is under way", async () => {
    await connect("1");
    await expect(connect("2")).rejects.toMatchObject({ code: "TARGET_BUSY" });
  });

  it("goes back, further back, and forward to a revision that is named", async () => {
    for (const version of ["1", "2", "3"]) await release(version);
    expect(await rollback()).toMatchObject({ revision: 2, name: "my-shop", target: "prod" });
    expect([replicas(1), replicas(2), replicas(3)]).toEqual([0, 2, 0]);
    expect(await rollback()).toMatchObject({ revision: 1 });
    await expect(rollback()).rejects.toMatchObject({ code: "TARGET_STATE" });
    expect(await rollback({ to: 3 })).toMatchObject({ revision: 3 });
    expect([replicas(1), replicas(2), replicas(3)]).toEqual([0, 0, 2]);
    await expect(rollback({ to: 7 })).rejects.toThrow("keeps no revision 7");
    const { stable, history } = await status();
    expect(stable).toMatchObject({ revision: 3 });
    expect(history.map(({ state }) => state)).toEqual(["live", "retired", "retired"]);
  });

  it("makes a release again whose objects somebody has removed", async () => {
    await release("1", { config: { files: { "/etc/app/a": "a" } } });
    await release("2");
    for (const { kind, metadata } of [...cluster.objects.values()]) {
      if (kind === "ConfigMap")
        cluster.delete({ apiVersion: "v1", kind, name: metadata.name, namespace: "shop" });
    }
    cluster.delete({ apiVersion: "apps/v1", kind: "Deployment", name: "my-shop-r1", namespace: "shop" });
    await rollback();
    expect(replicas(1)).toBe(2);
    expect([...cluster.objects.values()].filter(({ kind }) => kind === "ConfigMap")).toHaveLength(1);
  });

  it("takes a rollout that was left back, and no more", async () => {
    await release("1");
    await release("2");
    const driver = await connect("3");
    await driver.start(1);
    await driver.close();
    expect(await rollback()).toMatchObject({ revision: 2 });
    expect(await status()).toMatchObject({ stable: { revision: 2 }, candidate: undefined });
  });

  it("stays where it is when the earlier release does not come up again", async () => {
    await release("1", { annotations: { "fake/pod": "good" } });
    await release("2");
    spoil(1, { "fake/pod": "bad" });
    await expect(rollback()).rejects.toMatchObject({ code: "RELEASE_UNHEALTHY" });
    expect(await status()).toMatchObject({ stable: { revision: 2, ready: 2 }, candidate: undefined });
    expect((await status()).history).toMatchObject([{ state: "live" }, { revision: 1, state: "retired" }]);
    expect(replicas(1)).toBe(0);
  });

  it("masks the values that an earlier release was made with, which nobody may know any more", async () => {
    await release("1", { annotations: { "fake/pod": "good" } }, { key: "hunter2-before" });
    await release("2", {}, { key: "hunter2-rotated" });
    spoil(1, { "fake/pod": "bad", "fake/message": "hunter2-before is refused, hunter2-rotated too" });
    const told: string[] = [];
    const noting = { ...context, write: (_stream: string, text: unknown) => void told.push(String(text)) };
    const failure = await rollbackKubernetes(hands, verb, noting, {}).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "RELEASE_UNHEALTHY" });
    expect(String(failure)).toContain("*** is refused, *** too");
    expect(`${told.join("")} ${String(failure)}`).not.toContain("hunter2");
    expect((await status()).history.map(({ state }) => state)).toEqual(["live", "retired"]);
  });

  it("does not go back over a migration unless the revision is named", async () => {
    await release("1");
    const migrate = job({ name: "migrate", command: ["migrate"], forwardOnly: true });
    await release("2", { hooks: { before: [migrate] } });
    await expect(rollback()).rejects.toThrow(/migrate of revision 2/);
    expect(await status()).toMatchObject({ stable: { revision: 2 } });
    expect(await rollback({ to: 1 })).toMatchObject({ revision: 1 });
  });

  it("ends everything and keeps the history, from which it can come back", async () => {
    await release("1");
    await release("2");
    await stopKubernetes(hands, verb, context);
    expect([replicas(1), replicas(2)]).toEqual([0, 0]);
    expect(await status()).toMatchObject({
      stable: undefined,
      history: [{ state: "retired" }, { state: "retired" }],
    });
    expect(await rollback({ to: 2 })).toMatchObject({ revision: 2 });
    expect(replicas(2)).toBe(2);
    await stopKubernetes(hands, verb, context);
    await release("3");
    expect(await status()).toMatchObject({ stable: { revision: 3 } });
  });

  it("is about one of several apps, which is named", async () => {
    for (const version of ["1", "2"]) for (const name of ["api", "web"]) await release(version, { name });
    await expect(status()).rejects.toThrow('target "prod" holds several apps: api, web');
    await expect(rollback()).rejects.toMatchObject({ code: "TARGET_STATE" });
    await expect(stopKubernetes(hands, verb, context)).rejects.toMatchObject({ code: "TARGET_STATE" });
    const of = (app: string) => ({ ...verb, app });
    const other = statusOfKubernetes(hands, of("shop"), context);
    await expect(other).rejects.toMatchObject({ code: "TARGET_UNKNOWN", hint: "It holds: api, web." });
    expect(await rollbackKubernetes(hands, of("web"), context, {})).toMatchObject({
      name: "web",
      revision: 1,
    });
    await stopKubernetes(hands, of("api"), context);
    expect(await statusesOfKubernetes(hands, verb, context)).toMatchObject([
      { target: "prod", app: "api", stable: undefined },
      { target: "prod", app: "web", stable: { revision: 1 } },
    ]);
  });

  it("says no app's name where there is one alone", async () => {
    await release("1");
    const [one, ...others] = await statusesOfKubernetes(hands, verb, context);
    expect(others).toEqual([]);
    expect(one).toEqual(await status());
    expect(one).not.toHaveProperty("app");
  });
});

import { beforeEach, describe, expect, it } from "vitest";
import { job, service } from "../../../../../src/deploy/index.ts";
import type { ClusterProvider, ResolvedApp, TargetPreview } from "../../../../../src/ports/index.ts";
import { connectKubernetes } from "../../../../../src/targets/kubernetes/connect.ts";
import { gateway } from "../../../../../src/targets/kubernetes/index.ts";
import { kubernetesSpec } from "../../../../../src/targets/kubernetes/options.ts";
import type { TargetHands } from "../../../../../src/targets/kubernetes/place.ts";
import { previewKubernetes } from "../../../../../src/targets/kubernetes/verbs/preview.ts";
import { FakeCluster } from "../driver/fake-cluster.ts";
import { targetContext } from "../../../../fixtures/target-context.ts";

const provider: ClusterProvider = {
  kind: "test",
  name: "prod",
  spec: {},
  needs: [],
  describe: () => "a cluster in memory",
  connect: () => Promise.resolve({ server: "https://127.0.0.1:1", namespace: "shop" }),
};
const SPACE = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } } as const;
const READ = /^(?:get|list|dry-run) /;

describe("the preview of a service", () => {
  let cluster: FakeCluster;
  let hands: TargetHands;

  beforeEach(() => {
    cluster = new FakeCluster();
    cluster.put(SPACE);
    hands = { provider, counts: undefined, open: () => cluster.api() };
  });

  const context = targetContext({
    pipeline: "My Shop",
  });

  const target = (more: object = {}) =>
    kubernetesSpec({ cluster: provider, timeout: 1_000, history: 2, ...more });

  function app(version: string, options: object = {}, parts: Partial<ResolvedApp> = {}): ResolvedApp {
    const made = service({ image: `web:${version}`, replicas: 2, ...options } as never);
    return { kind: "service", spec: JSON.parse(JSON.stringify(made.spec)) as never, secrets: {}, ...parts };
  }

  async function release(of: ResolvedApp, more: object = {}): Promise<void> {
    const driver = await connectKubernetes(hands, { target: target(more), app: of }, context);
    await driver.start(2);
    await driver.route(100);
    await driver.promote();
    await driver.close();
  }

  /** The preview; that it only looks holds for every test. */
  async function preview(of: ResolvedApp, more: object = {}): Promise<TargetPreview> {
    const from = cluster.log.length;
    const found = await previewKubernetes(hands, { target: target(more), app: of }, context);
    expect(cluster.log.slice(from).filter((one) => !READ.test(one))).toEqual([]);
    return found;
  }

  const told = ({ changes }: TargetPreview): readonly string[] =>
    changes.map(({ change, object }) => `${change} ${object}`);

  it("makes everything the first time, and can take it all back", async () => {
    const found = await preview(app("1"));
    expect(told(found)).toEqual([
      "create ServiceAccount shop/my-shop",
      "create Deployment shop/my-shop-r1",
      "create Service shop/my-shop",
      "create PodDisruptionBudget shop/my-shop",
    ]);
    expect(found).toMatchObject({ live: undefined, current: false, irreversible: [], notes: [] });
  });

  it("has nothing to do where the live release is what would be deployed", async () => {
    await release(app("1"));
    expect(await preview(app("1"))).toEqual({
      live: 1,
      current: true,
      changes: [],
      irreversible: [],
      notes: [],
    });
  });

  it("compares the new Deployment with the one whose place it takes, but for what numbers them", async () => {
    await release(app("1"));
    const found = await preview(app("2", { replicas: 3 }));
    expect(found.live).toBe(1);
    const workload = found.changes.find(({ object }) => object.startsWith("Deployment"));
    expect(workload?.object).toBe("Deployment shop/my-shop-r2 (in place of my-shop-r1)");
    // The cluster in memory takes lists as a whole.
    expect(workload?.fields.map(({ path }) => path)).toEqual([
      "spec.replicas",
      "spec.template.spec.containers[app].image",
    ]);
    const route = found.changes.find(({ object }) => object === "Service shop/my-shop");
    expect(route?.fields).toEqual([{ path: "spec.selector[sluice.dev/revision]", from: '"1"', to: '"2"' }]);
  });

  it("shows the same release in another size as what it is: a resize in place", async () => {
    await release(app("1"));
    const found = await preview(app("1", { replicas: 4 }));
    expect(told(found)).toEqual(["update Deployment shop/my-shop-r1"]);
    expect(found.changes[0]?.fields).toEqual([{ path: "spec.replicas", from: "2", to: "4" }]);
    expect(found.irreversible).toEqual(["only the size changes, which is not taken back if it fails"]);
  });

  it("shows that only the way in changes, where the target's traffic has other options", async () => {
    const by = (...hostnames: string[]) => ({ traffic: gateway({ parents: ["public"], hostnames }) });
    await release(app("1"), by("old.example"));
    expect(await preview(app("1"), by("old.example"))).toMatchObject({ current: true, changes: [] });
    const found = await preview(app("1"), by("new.example"));
    expect(found.current).toBe(false);
    expect(told(found)).toEqual(["update HTTPRoute shop/my-shop"]);
    expect(found.changes[0]?.fields.map(({ path }) => path)).toEqual(["spec.hostnames[0]"]);
    expect(found.irreversible).toEqual([
      "only where requests come in changes, which is not taken back if it fails",
    ]);
  });

  it("takes secrets as unchanged, whose values it is not given, and shows none", async () => {
    const secrets = { secrets: { DB: { $secret: "db" } } };
    const spec = (version: string) => ({ ...(app(version).spec as object), ...secrets }) as never;
    await release(app("1", {}, { spec: spec("1"), secrets: { db: "hunter2-s3cret" } }));
    const unknown = { "sluice-secret-1-x": "secret db" };
    const drafted = { secrets: { db: "sluice-secret-1-x" }, unknown };
    const same = await preview(app("1", {}, { spec: spec("1"), ...drafted }));
    expect(same).toMatchObject({
      current: true,
      notes: ["no secret is read for a plan: db counts as unchanged"],
    });
    const other = await preview(app("2", {}, { spec: spec("2"), ...drafted }));
    expect(told(other).filter((one) => one.includes("Secret"))).toEqual([
      expect.stringMatching(/^unchanged Secret shop\/my-shop-[0-9a-f]{16}$/),
    ]);
    expect(JSON.stringify([same, other])).not.toContain("hunter2");
    expect(JSON.stringify(other)).not.toContain(Buffer.from("hunter2-s3cret").toString("base64"));
  });

  it("names by <content> what is named by a content that nobody knows yet", async () => {
    const unknown = { "sluice-unknown-1-x": "build/image", "sluice-secret-2-x": "secret db" };
    const made = app("1", {
      config: { files: { "/etc/a": "v $V" }, variables: { V: "sluice-unknown-1-x" } },
    });
    const spec = { ...(made.spec as object), secrets: { DB: { $secret: "db" } } } as never;
    const found = await preview({ ...made, spec, secrets: { db: "sluice-secret-2-x" }, unknown });
    expect(told(found)).toContain("create ConfigMap shop/my-shop-config-<content>");
    expect(told(found)).toContain("create Secret shop/my-shop-<content>");
    expect(found.notes).toHaveLength(2);
  });

  it("takes the live release's numbers for those that only the run knows", async () => {
    await release(app("1", { resources: { cpu: "250m" }, replicas: 3 }));
    const unknown = { "sluice-unknown-1-x": "test/size" };
    const spec = structuredClone(app("2").spec) as {
      replicas: unknown;
      cluster: { resources: { requests: { cpu: string } } };
    };
    spec.replicas = "sluice-unknown-1-x";
    spec.cluster.resources.requests.cpu = "sluice-unknown-1-x";
    const found = await preview({ ...app("2"), spec: spec as never, unknown });
    const workload = found.changes.find(({ object }) => object.startsWith("Deployment"));
    expect(workload?.fields.map(({ path }) => path)).toEqual(["spec.template.spec.containers[app].image"]);
    expect(found.notes).toEqual([
      "replicas will come from test/size: taken as 3, as it is now",
      'resources.requests.cpu will come from test/size: taken as "250m", as it is now',
    ]);
  });

  it("gives an image that only the run knows no pull policy of its own", async () => {
    await release(app("1"));
    const word = "sluice-unknown-1-x";
    const drafted = app("1", { image: word }, { unknown: { [word]: "build/image" } });
    await previewKubernetes(hands, { target: target(), app: drafted }, context);
    const found = await preview(drafted);
    const workload = found.changes.find(({ object }) => object.startsWith("Deployment"));
    expect(workload?.fields).toEqual([
      { path: "spec.template.spec.containers[app].image", from: '"web:1"', to: `"${word}"` },
    ]);
  });

  it("says which migrations cannot be undone, and that a live Deployment is gone", async () => {
    await release(app("1"));
    cluster.delete({ apiVersion: "apps/v1", kind: "Deployment", name: "my-shop-r1", namespace: "shop" });
    const migrate = job({ name: "migrate", command: ["x"], forwardOnly: true });
    const warm = job({ name: "warm", command: ["x"] });
    const found = await preview(app("2", { hooks: { before: [migrate, warm] } }));
    expect(told(found)).toContain("create Job shop/my-shop-migrate-712881-r2");
    expect(found.irreversible).toEqual([
      "the migration migrate is forwardOnly: once it has begun, a failure holds the release as it stands",
      "the Deployment of revision 1, which is live, is not there any more",
    ]);
  });

  it("shows what goes: what only the release before had, and releases that are too old", async () => {
    const config = { config: { files: { "/etc/a": "one" } } };
    await release(app("1", { ...config, autoscale: { max: 5 } }));
    for (const version of ["2", "3"]) await release(app(version, { autoscale: { max: 5 } }));
    const found = await preview(app("4"));
    expect(told(found).filter((one) => one.startsWith("remove"))).toEqual([
      "remove HorizontalPodAutoscaler shop/my-shop",
      "remove Deployment shop/my-shop-r1",
      expect.stringMatching(/^remove ConfigMap shop\/my-shop-config-/),
    ]);
    expect(found.notes).toEqual(["too old to be kept: revision 1"]);
    // And so it is.
    await release(app("4"));
    expect(cluster.list({ apiVersion: "v1", kind: "ConfigMap" })).toEqual([]);
    expect(cluster.list({ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" })).toEqual([]);
  });

  it("says what is done first about a release that was begun and not ended", async () => {
    await release(app("1"));
    const driver = await connectKubernetes(hands, { target: target(), app: app("2") }, context);
    await driver.start(1);
    await driver.close();
    const other = await preview(app("3"));
    expect(other.notes).toEqual(["revision 2 was begun and not ended: it would be taken back first"]);
    expect(told(other)).toContain("update Deployment shop/my-shop-r3 (in place of my-shop-r1)");
    const same = await preview(app("2"));
    expect(same.notes).toEqual(["revision 2 was begun and not ended: it would be gone on with"]);
    expect(told(same)).toContain("update Deployment shop/my-shop-r2 (in place of my-shop-r1)");
  });

  it("shows all as made where there is no namespace, which it asks nothing else about", async () => {
    cluster.delete({ apiVersion: "v1", kind: "Namespace", name: "shop" });
    const from = cluster.log.length;
    const found = await preview(app("1"));
    expect(cluster.log.slice(from)).toEqual(["get Namespace shop"]);
    expect(told(found)).toContain("create Deployment shop/my-shop-r1");
    expect(found.notes[0]).toContain("there is no namespace shop: make it");
    const made = await preview(app("1"), { createNamespace: true });
    expect(told(made)[0]).toBe("create Namespace shop");
    expect(made.notes[0]).toContain("it would be made");
  });

  it("ends with the signal, also where the way into the cluster does not", async () => {
    const ending = new AbortController();
    const deaf = { ...provider, connect: () => new Promise<never>(() => undefined) };
    const asked = previewKubernetes(
      { ...hands, provider: deaf },
      { target: target(), app: app("1") },
      { ...context, signal: ending.signal },
    );
    ending.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
  });
});

import { describe, expect, it } from "vitest";
import type { ClusterProvider } from "../../../../../src/ports/index.ts";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { BundleDriver } from "../../../../../src/targets/kubernetes/driver/bundle-driver.ts";
import { kubernetesSpec } from "../../../../../src/targets/kubernetes/options.ts";
import { at } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import { LABELS } from "../../../../../src/targets/kubernetes/render/types.ts";
import { rollbackKubernetes } from "../../../../../src/targets/kubernetes/verbs/rollback.ts";
import type { Interceptor } from "./fake-cluster.ts";
import { Kit, release, rendered } from "./kit.ts";
import { targetContext } from "../../../../fixtures/target-context.ts";

const provider: ClusterProvider = {
  kind: "test",
  name: "prod",
  spec: {},
  needs: [],
  describe: () => "a cluster in memory",
  connect: () => Promise.resolve({ server: "https://127.0.0.1:1", namespace: "shop" }),
};
const target = kubernetesSpec({ cluster: provider, timeout: 1_000 });
const context = targetContext();

async function rollback(
  kit: Kit,
  options: { readonly to?: number } = {},
  intercept?: Interceptor,
): Promise<number> {
  const hands = { provider, counts: undefined, open: () => kit.cluster.api(intercept) };
  return (await rollbackKubernetes(hands, { target, secrets: {} }, context, options)).revision;
}

async function services(...versions: readonly string[]): Promise<Kit> {
  const kit = new Kit();
  for (const version of versions) await release(kit, rendered({ version }));
  return kit;
}

const objectsOf = (kit: Kit): Readonly<Record<string, unknown>> => {
  const { "Lease sluice.web": _lease, ...others } = kit.picture();
  return others;
};

const states = async (kit: Kit): Promise<Readonly<Record<number, string>>> =>
  Object.fromEntries(
    (await kit.session().records.list()).map(({ header }) => [header.revision, header.state]),
  );

/** Dies at its k-th change, before or after its effect, and asks nothing more; its lease is free, as its process has gone. */
class Death {
  struck = false;
  seen = 0;
  readonly intercept: Interceptor;

  constructor(k: number, after: boolean) {
    this.intercept = ({ verb, name, done }) => {
      const changes = !["get", "list", "dry-run"].includes(verb) && !name.startsWith("Lease");
      if (changes && !done) this.seen += 1;
      if (changes && this.seen === k && done === after) this.struck = true;
      if (this.struck && !name.startsWith("Lease")) throw new Error("dead");
    };
  }
}

describe("a rollback of a service", () => {
  it("goes to what was live before, and not to what was gone back from already", async () => {
    const kit = await services("1", "2", "3");
    expect(await rollback(kit)).toBe(2);
    await release(kit, rendered({ version: "4" }));
    expect(await rollback(kit)).toBe(2);
    expect(await rollback(kit)).toBe(1);
    await expect(rollback(kit)).rejects.toMatchObject({ code: "TARGET_STATE" });
  });

  it("does so by records of before it was kept what a release has replaced first", async () => {
    const kit = await services("1", "2", "3");
    expect(await rollback(kit)).toBe(2);
    const { records } = kit.session();
    const two = (await records.list()).find(({ header }) => header.revision === 2);
    if (two !== undefined) await records.update(two, { from: 3 });
    expect(await rollback(kit)).toBe(1);
  });

  it("finds what was live before however old it is", async () => {
    const kit = new Kit({ history: 1 });
    for (const version of ["1", "2"]) await release(kit, rendered({ version }));
    expect(await rollback(kit)).toBe(1);
    await release(kit, rendered({ version: "3" }));
    expect(await states(kit)).toEqual({ 1: "retired", 2: "retired", 3: "live" });
    expect(await rollback(kit)).toBe(1);
  });

  it("begins where it was stopped from what was live last", async () => {
    const kit = await services("1", "2", "3");
    await rollback(kit);
    const { records } = kit.session();
    const [live] = await records.list(["live"]);
    if (live !== undefined) await records.update(live, { state: "retired" });
    expect(await rollback(kit)).toBe(1);
  });

  it("passes over nothing where a promotion has not retired the one before yet", async () => {
    const kit = await services("1", "2", "3");
    const { records } = kit.session();
    const two = (await records.list()).find(({ header }) => header.revision === 2);
    if (two !== undefined) await records.update(two, { state: "live" });
    expect(await rollback(kit)).toBe(2);
  });

  it.each([{}, { to: 1 }])("goes on with the same goal after its process has died: %o", async (options) => {
    const counting = new Death(Infinity, false);
    const whole = await services("1", "2", "3");
    const goal = await rollback(whole, options, counting.intercept);
    const after = objectsOf(whole);
    let again = 0;
    for (let k = 1; k <= counting.seen; k++) {
      for (const late of [false, true]) {
        const kit = await services("1", "2", "3");
        const death = new Death(k, late);
        await expect(rollback(kit, options, death.intercept)).rejects.toThrow("dead");
        const left = await states(kit);
        const isDone = left[goal] === "live" && left[3] === "retired";
        // Before it had begun nobody knows what was asked for; after its end it would be another one.
        if (isDone || (left[goal] === "retired" && options.to !== undefined)) continue;
        expect(await rollback(kit), `killed at ${k} ${String(late)}`).toBe(goal);
        expect(objectsOf(kit), `killed at ${k} ${String(late)}`).toEqual(after);
        again += 1;
      }
    }
    expect(again).toBeGreaterThan(4);
    expect(at(whole.service(), "spec", "selector", LABELS.revision)).toBe(String(goal));
  });
});

describe("a rollback of manifests", () => {
  const config = (value: string): KubeObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "site", namespace: "shop" },
    data: { value },
  });
  const live = (kit: Kit): unknown => at(kit.picture()["ConfigMap site"], "data", "value");

  async function deploy(kit: Kit, ...versions: readonly string[]): Promise<Kit> {
    for (const version of versions) {
      const content = { kind: "bundle", digest: `sha256:${version}`, objects: [config(version)] } as const;
      const driver = new BundleDriver(kit.session(), content);
      await driver.start();
      await driver.promote();
    }
    return kit;
  }

  it("goes further back, and never forward to what was gone back from", async () => {
    const kit = await deploy(new Kit(), "1", "2", "3");
    expect([await rollback(kit), live(kit)]).toEqual([4, "2"]);
    expect([await rollback(kit), live(kit)]).toEqual([5, "1"]);
    await expect(rollback(kit)).rejects.toMatchObject({ code: "TARGET_STATE" });
  });

  it("goes to what was live before a later release, which a rollback had made", async () => {
    const kit = await deploy(new Kit(), "1", "2", "3");
    await rollback(kit);
    await deploy(kit, "5");
    expect([await rollback(kit), live(kit)]).toEqual([6, "2"]);
    expect([await rollback(kit), live(kit)]).toEqual([7, "1"]);
  });

  it("goes on with the same goal after its process has died", async () => {
    const counting = new Death(Infinity, false);
    await rollback(await deploy(new Kit(), "1", "2", "3"), {}, counting.intercept);
    expect(counting.seen).toBeGreaterThan(3);
    for (let k = 1; k <= counting.seen; k++) {
      for (const late of [false, true]) {
        const kit = await deploy(new Kit(), "1", "2", "3");
        const death = new Death(k, late);
        await expect(rollback(kit, {}, death.intercept)).rejects.toThrow("dead");
        const left = await states(kit);
        if (left[4] === "live" && left[3] === "retired") continue;
        expect(await rollback(kit), `killed at ${k} ${String(late)}`).toBe(4);
        expect([live(kit), await states(kit)], `killed at ${k} ${String(late)}`).toEqual([
          "2",
          { 1: "retired", 2: "retired", 3: "retired", 4: "live" },
        ]);
      }
    }
  });
});

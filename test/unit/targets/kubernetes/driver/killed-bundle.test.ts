import { describe, expect, it } from "vitest";
import { rolling } from "../../../../../src/deploy/index.ts";
import type { RolloutProgress, StrategyResult } from "../../../../../src/ports/index.ts";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { BundleDriver } from "../../../../../src/targets/kubernetes/driver/bundle-driver.ts";
import { makeGoodBundle } from "../../../../../src/targets/kubernetes/driver/moves/make-good.ts";
import { rolloutContext, virtualClock } from "../../../../../src/testing/index.ts";
import type { Interceptor } from "./fake-cluster.ts";
import { Kit } from "./kit.ts";

/** Dies at the k-th request that changes something, before or after it has had its effect, and asks nothing more. */
class Death {
  struck = false;
  seen = 0;
  told: readonly RolloutProgress[] = [];
  readonly #k: number;
  readonly #after: boolean;

  constructor(k: number, after: boolean) {
    this.#k = k;
    this.#after = after;
  }

  intercept(events: readonly RolloutProgress[]): Interceptor {
    return ({ verb, done }) => {
      const changes = !["get", "list", "dry-run"].includes(verb);
      if (changes && !done) this.seen += 1;
      if (changes && !this.struck && this.seen === this.#k && done === this.#after) {
        this.struck = true;
        this.told = [...events];
      }
      if (this.struck) throw new Error("dead");
    };
  }
}

const metadata = (name: string) => ({ name, namespace: "shop" });
const config = (name: string, value: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: metadata(name),
  data: { value },
});

function deployment(name: string, version: string, pod = "good"): KubeObject {
  const labels = { app: name };
  const template = {
    metadata: { labels, annotations: { "fake/pod": pod } },
    spec: { containers: [{ name: "web", image: `web:${version}` }] },
  };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: metadata(name), spec };
}

/** Of the two releases one object stays, one changes, one goes and one is new. */
const site = (version: string, pod?: string): readonly KubeObject[] => [
  config("stays", "same"),
  config("changes", version),
  config(`only-${version}`, version),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata("site"),
    spec: { selector: { app: "site", version }, ports: [{ port: 80 }] },
  },
  deployment("site", version, pod),
];

interface Options {
  readonly pod?: string;
  readonly death?: Death;
  readonly earlier?: readonly RolloutProgress[];
}

/** Releases and gives the result, or `undefined` where the process died. */
async function run(
  kit: Kit,
  version: string,
  { pod, death, earlier = [] }: Options = {},
): Promise<StrategyResult | undefined> {
  const clock = virtualClock();
  const context = rolloutContext({ clock, earlier });
  const session = kit.session(death?.intercept(context.events));
  const digest = `sha256:${version}`;
  const strategy = rolling();
  try {
    const driver = new BundleDriver(session, { kind: "bundle", digest, objects: site(version, pod) });
    await makeGoodBundle(session, driver, digest);
    return await clock.run(strategy.release(driver, strategy.spec as never, context));
  } catch (error) {
    if (death?.struck !== true) throw error;
    return undefined;
  }
}

/** The objects, how each release stands, and what the set's parent names. */
async function whole(kit: Kit): Promise<unknown> {
  const parent = kit.cluster.get({ apiVersion: "v1", kind: "Secret", name: "sluice.web", namespace: "shop" });
  const records = await kit.session().records.list();
  const states = records.map(({ header }) => `${header.revision} ${header.state}`);
  return { objects: kit.picture(), states, kinds: parent?.metadata.annotations };
}

async function prepared(): Promise<Kit> {
  const kit = new Kit();
  expect(await run(kit, "1")).toMatchObject({ outcome: "released" });
  return kit;
}

function restoreTo(kit: Kit, objects: ReadonlyMap<string, KubeObject>): void {
  kit.cluster.objects.clear();
  for (const [key, object] of objects) kit.cluster.objects.set(key, object);
}

describe("a release of manifests whose process is killed at any request that changes something", () => {
  it("is finished by the next process, or taken back without a trace by a deploy of what was live", async () => {
    const uninterrupted = await prepared();
    const before = uninterrupted.picture();
    const counting = new Death(Infinity, false);
    expect(await run(uninterrupted, "2", { death: counting })).toMatchObject({ outcome: "released" });
    const after = await whole(uninterrupted);
    expect(counting.seen).toBeGreaterThan(8);
    let takenBack = 0;
    for (let k = 1; k <= counting.seen; k++) {
      for (const late of [false, true]) {
        const at = `killed at ${k} ${String(late)}`;
        const kit = await prepared();
        const death = new Death(k, late);
        await run(kit, "2", { death });
        expect(death.struck, at).toBe(true);
        const wreck = structuredClone(kit.cluster.objects);
        const resumed = await run(kit, "2", { earlier: death.told });
        expect(resumed, at).toMatchObject({ outcome: "released", release: { revision: 2 } });
        expect(await whole(kit), at).toEqual(after);

        // The same wreck, but what was live is deployed again.
        restoreTo(kit, wreck);
        const other = await run(kit, "1");
        expect(other, at).toMatchObject({ outcome: "released", release: { digest: "sha256:1" } });
        expect(kit.picture(), at).toEqual(before);
        if (other?.outcome === "released" && other.release.revision === 1) takenBack += 1;
        const states = (await kit.session().records.list()).map(({ header }) => header.state);
        expect(states, at).not.toContain("pending");
        expect(
          states.filter((state) => state === "live"),
          at,
        ).toHaveLength(1);
      }
    }
    expect(takenBack).toBeGreaterThan(8);
  });

  it("is gone without a trace where it was being taken back", async () => {
    const uninterrupted = await prepared();
    const before = uninterrupted.picture();
    const counting = new Death(Infinity, false);
    const bad = { pod: "bad" };
    expect(await run(uninterrupted, "2", { ...bad, death: counting })).toMatchObject({
      outcome: "rolled-back",
    });
    expect(uninterrupted.picture()).toEqual(before);
    for (let k = 1; k <= counting.seen; k++) {
      for (const late of [false, true]) {
        const at = `killed at ${k} ${String(late)}`;
        const kit = await prepared();
        const death = new Death(k, late);
        await run(kit, "2", { ...bad, death });
        expect(death.struck, at).toBe(true);
        const resumed = await run(kit, "2", { ...bad, earlier: death.told });
        expect(resumed, at).toMatchObject({ outcome: "rolled-back" });
        expect(kit.picture(), at).toEqual(before);
        const [last] = await kit.session().records.list();
        expect(last?.header.state, at).toBe("aborted");
      }
    }
  });
});

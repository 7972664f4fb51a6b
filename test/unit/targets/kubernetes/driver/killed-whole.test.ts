import { describe, expect, it } from "vitest";
import { job, rolling } from "../../../../../src/deploy/index.ts";
import { abortCandidate } from "../../../../../src/targets/kubernetes/driver/moves/abort.ts";
import { returnTo } from "../../../../../src/targets/kubernetes/driver/moves/return.ts";
import { at } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import { LABELS, type RenderedService } from "../../../../../src/targets/kubernetes/render/types.ts";
import { rolloutContext, virtualClock } from "../../../../../src/testing/index.ts";
import type { Interceptor } from "./fake-cluster.ts";
import { advance, Kit, rendered } from "./kit.ts";

/** Dies at the k-th request, before or after its effect; all that it asks later is not answered either. */
class Death {
  struck = false;
  seen = 0;
  readonly intercept: Interceptor;

  constructor(k: number, after: boolean) {
    this.intercept = ({ done }) => {
      if (!done) this.seen += 1;
      if (this.seen === k && done === after) this.struck = true;
      if (this.struck) throw new Error("dead");
    };
  }
}

/** An app with all that a release can touch. */
function app(version: string): RenderedService {
  return rendered({
    version,
    replicas: 4,
    autoscale: { min: 4, max: 9 },
    disruption: 1,
    env: { MODE: version },
    config: { files: { "/etc/app/a.conf": version } },
    hooks: {
      before: [job({ name: "migrate", command: ["migrate", version] })],
      after: [job({ name: "warm", command: ["warm", version] })],
    },
  });
}

async function released(versions: readonly string[]): Promise<Kit> {
  const kit = new Kit();
  for (const version of versions) {
    const driver = await kit.connect(app(version));
    await advance(driver, 4);
    await driver.close();
  }
  return kit;
}

/** How often each job was begun. */
function begun(kit: Kit): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of kit.cluster.log) {
    if (line.startsWith("apply Job")) counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}

const strategy = rolling({ batch: 2 });

async function roll(kit: Kit, version: string, death?: Death): Promise<void> {
  const clock = virtualClock();
  const driver = await kit.connect(app(version), death?.intercept);
  await clock.run(strategy.release(driver, strategy.spec as never, rolloutContext({ clock })));
}

describe("a release with configuration, jobs and an autoscaler, killed at any request", () => {
  it("is finished by the next process, and no job runs twice", async () => {
    const whole = await released(["1"]);
    const counting = new Death(Infinity, false);
    await roll(whole, "2", counting);
    const after = whole.picture();
    expect(counting.seen).toBeGreaterThan(40);
    for (let k = 1; k <= counting.seen; k++) {
      for (const late of [false, true]) {
        const kit = await released(["1"]);
        const death = new Death(k, late);
        await roll(kit, "2", death).catch(() => undefined);
        expect(death.struck).toBe(true);
        await roll(kit, "2");
        expect(kit.picture(), `killed at ${k} ${String(late)}`).toEqual(after);
        expect([...begun(kit).values()], `killed at ${k} ${String(late)}`).toEqual([1, 1, 1, 1]);
      }
    }
  }, 120_000);

  it("is taken back without a trace, also where the process that does it is killed", async () => {
    const start = async (): Promise<{ readonly kit: Kit; readonly before: unknown }> => {
      const kit = await released(["1"]);
      const before = kit.picture();
      const driver = await kit.connect(app("2"));
      await driver.start(2);
      await driver.route(50);
      return { kit, before };
    };
    const { kit: whole, before } = await start();
    const counting = new Death(Infinity, false);
    await abortCandidate(whole.session(counting.intercept), "bad");
    expect(whole.picture()).toEqual(before);
    for (let k = 1; k <= counting.seen; k++) {
      for (const late of [false, true]) {
        const { kit } = await start();
        const death = new Death(k, late);
        await abortCandidate(kit.session(death.intercept), "bad").catch(() => undefined);
        expect(death.struck).toBe(true);
        await abortCandidate(kit.session(), "bad");
        expect(kit.picture(), `killed at ${k} ${String(late)}`).toEqual(before);
      }
    }
  }, 120_000);
});

describe("a rollback that is killed at any request", () => {
  it("is ended by the next one, with what the earlier release had", async () => {
    const whole = await released(["1", "2"]);
    const counting = new Death(Infinity, false);
    await returnTo(whole.session(counting.intercept), 1);
    const after = whole.picture();
    expect(at(whole.service(), "spec", "selector", LABELS.revision)).toBe("1");
    expect(at(whole.deployment(2), "spec", "replicas")).toBe(0);
    for (let k = 1; k <= counting.seen; k++) {
      for (const late of [false, true]) {
        const kit = await released(["1", "2"]);
        const death = new Death(k, late);
        await returnTo(kit.session(death.intercept), 1).catch(() => undefined);
        expect(death.struck).toBe(true);
        await returnTo(kit.session(), 1);
        expect(kit.picture(), `killed at ${k} ${String(late)}`).toEqual(after);
      }
    }
  }, 120_000);
});

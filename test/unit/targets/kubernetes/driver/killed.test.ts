import { describe, expect, it } from "vitest";
import { blueGreen, canary, errorRate, rolling } from "../../../../../src/deploy/index.ts";
import type {
  CountSource,
  RolloutProgress,
  Strategy,
  StrategyResult,
} from "../../../../../src/ports/index.ts";
import { at } from "../../../../../src/targets/kubernetes/readiness/object.ts";
import { LABELS } from "../../../../../src/targets/kubernetes/render/types.ts";
import type { TrafficSpec } from "../../../../../src/targets/kubernetes/spec.ts";
import { rolloutContext, virtualClock } from "../../../../../src/testing/index.ts";
import type { Interceptor } from "./fake-cluster.ts";
import { Kit, release, rendered } from "./kit.ts";

const GATEWAY: TrafficSpec = { kind: "gateway", parents: [{ name: "public" }], hostnames: [] };
const REPLICAS: TrafficSpec = { kind: "replicas" };

/** Dies at the k-th request, before or after it has had its effect; whatever it asks later is not answered either. */
class Death {
  struck = false;
  /** What it had told by then; the dead tell nothing. */
  told: readonly RolloutProgress[] = [];
  #seen = 0;
  readonly #k: number;
  readonly #after: boolean;

  constructor(k: number, after: boolean) {
    this.#k = k;
    this.#after = after;
  }

  intercept(events: readonly RolloutProgress[]): Interceptor {
    return ({ done }) => {
      if (!done) this.#seen += 1;
      if (!this.struck && this.#seen === this.#k && done === this.#after) {
        this.struck = true;
        this.told = [...events];
      }
      if (this.struck) throw new Error("dead");
    };
  }

  get seen(): number {
    return this.#seen;
  }
}

const even: CountSource = {
  snapshot: () => {
    const latency = { bounds: [], counts: [] };
    return Promise.resolve({
      at: 0,
      stable: { requests: 0, errors: 0, latency },
      candidate: { requests: 0, errors: 0, latency },
      baseline: { requests: 0, errors: 0, latency },
    });
  },
};

interface RunOptions {
  readonly death?: Death;
  readonly earlier?: readonly RolloutProgress[];
  readonly counts?: CountSource;
}

/** Releases and gives the result, or `undefined` where the process died. */
async function run(
  kit: Kit,
  strategy: Strategy,
  version: string,
  { death, earlier = [], counts = even }: RunOptions = {},
): Promise<StrategyResult | undefined> {
  const clock = virtualClock();
  const context = rolloutContext({ clock, earlier });
  try {
    const driver = await kit.connect(rendered({ version }), death?.intercept(context.events), counts);
    return await clock.run(strategy.release(driver, strategy.spec as never, context));
  } catch (error) {
    if (death?.struck !== true) throw error;
    return undefined;
  }
}

function expectFinished(kit: Kit, revision: number): void {
  expect(at(kit.service(), "spec", "selector", LABELS.revision)).toBe(String(revision));
  expect(at(kit.deployment(revision), "spec", "replicas")).toBe(4);
  for (let other = 1; other < revision; other++)
    expect(at(kit.deployment(other), "spec", "replicas") ?? 0).toBe(0);
  expect(kit.service("web-preview")).toBeUndefined();
}

const good = canary({
  steps: [25, 50],
  every: "1m",
  analysis: [errorRate({ max: 0.5 })],
  onInconclusive: "promote",
});
const fresh = canary({
  steps: [25, 50],
  every: "1m",
  analysis: [errorRate()],
  baseline: "fresh",
  onInconclusive: "promote",
});
const strategies: readonly (readonly [string, Strategy, TrafficSpec])[] = [
  ["rolling", rolling({ batch: 1 }), REPLICAS],
  ["rolling, by a gateway", rolling({ batch: 2 }), GATEWAY],
  ["blue-green", blueGreen({ soak: "1m", keepOld: "1m" }), REPLICAS],
  ["blue-green, by a gateway", blueGreen({ soak: "1m" }), GATEWAY],
  ["canary", good, REPLICAS],
  ["canary, by a gateway", good, GATEWAY],
  ["canary with a fresh baseline", fresh, REPLICAS],
  ["canary with a fresh baseline, by a gateway", fresh, GATEWAY],
];

describe.each(strategies)(
  "a release by %s whose process is killed at any request",
  (_name, strategy, traffic) => {
    async function prepared(): Promise<Kit> {
      const kit = new Kit({ traffic });
      await release(kit, rendered({ version: "1" }));
      return kit;
    }

    it("is finished by the next process, or taken back without a trace by a deploy of what was live", async () => {
      const whole = await prepared();
      const before = whole.picture();
      const counting = new Death(Infinity, false);
      expect(await run(whole, strategy, "2", { death: counting })).toMatchObject({
        outcome: "released",
        release: { revision: 2 },
      });
      expectFinished(whole, 2);
      const after = whole.picture();
      let takenBack = 0;
      for (let k = 1; k <= counting.seen; k++) {
        for (const late of [false, true]) {
          const kit = await prepared();
          const death = new Death(k, late);
          await run(kit, strategy, "2", { death });
          expect(death.struck).toBe(true);
          const back = structuredClone(kit.cluster.objects);
          const resumed = await run(kit, strategy, "2", { earlier: death.told });
          expect(resumed, `killed at ${k} ${String(late)}`).toMatchObject({
            outcome: "released",
            release: { revision: 2 },
          });
          expect(kit.picture(), `killed at ${k} ${String(late)}`).toEqual(after);

          // The same wreck, but what was live is deployed again.
          kit.cluster.objects.clear();
          for (const [key, object] of back) kit.cluster.objects.set(key, object);
          const other = await run(kit, strategy, "1");
          expect(other).toMatchObject({ outcome: "released" });
          const revision = other?.outcome === "released" ? other.release.revision : 0;
          // Where it had become live already, going back is a release like any other.
          if (revision === 1) {
            takenBack += 1;
            expect(kit.picture(), `killed at ${k} ${String(late)}`).toEqual(before);
          } else {
            expectFinished(kit, 3);
          }
        }
      }
      expect(takenBack).toBeGreaterThan(10);
    }, 120_000);
  },
);

describe("a canary that is taken back and whose process is killed meanwhile, at any request", () => {
  const bad: CountSource = {
    snapshot: () => {
      const latency = { bounds: [], counts: [] };
      const at = (asked += 1_000);
      return Promise.resolve({
        at,
        stable: { requests: at, errors: 0, latency },
        candidate: { requests: at, errors: at, latency },
        baseline: { requests: at, errors: 0, latency },
      });
    },
  };
  let asked = 0;
  const analysis = [errorRate()];

  it.each([
    ["by replicas", REPLICAS, "stable"],
    ["by a gateway", GATEWAY, "stable"],
    ["by replicas, a fresh baseline with it", REPLICAS, "fresh"],
    ["by a gateway, a fresh baseline with it", GATEWAY, "fresh"],
  ] as const)(
    "is gone without a trace, %s",
    async (_how, traffic, baseline) => {
      const strategy = canary({ steps: [25, 50], every: "1m", analysis, baseline });
      const first = new Kit({ traffic });
      await release(first, rendered({ version: "1" }));
      const before = first.picture();
      const counting = new Death(Infinity, false);
      expect(await run(first, strategy, "2", { counts: bad, death: counting })).toMatchObject({
        outcome: "rolled-back",
      });
      expect(first.picture()).toEqual(before);
      for (let k = 1; k <= counting.seen; k++) {
        for (const late of [false, true]) {
          const kit = new Kit({ traffic });
          await release(kit, rendered({ version: "1" }));
          const death = new Death(k, late);
          await run(kit, strategy, "2", { death, counts: bad });
          expect(death.struck).toBe(true);
          const resumed = await run(kit, strategy, "2", { earlier: death.told, counts: bad });
          expect(resumed, `killed at ${k} ${String(late)}`).toMatchObject({ outcome: "rolled-back" });
          expect(kit.picture(), `killed at ${k} ${String(late)}`).toEqual(before);
        }
      }
    },
    120_000,
  );
});

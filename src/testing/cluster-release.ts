import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { service } from "../deploy/index.ts";
import { isSluiceError } from "../errors/index.ts";
import type {
  Clock,
  ClusterProvider,
  RolloutDriver,
  RolloutProgress,
  Strategy,
  StrategyResult,
  Target,
  TargetContext,
} from "../ports/index.ts";
import { kubernetes } from "../targets/kubernetes/index.ts";
import type { ClusterRolloutPlace } from "./cluster-provider-rig.ts";
import { rolloutContext } from "./rollout-context.ts";

/** Milliseconds that a lease whose holder has failed may hold up the next. */
const TAKEOVER = 60_000;
export const REPLICAS = 3;

const CLOCK: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  },
};

/** One app in the cluster of a rig, released as a run does: by the target, its lease and its records, and a strategy. */
export class ClusterRelease {
  readonly app: string;
  readonly target: Target;
  readonly events: RolloutProgress[] = [];
  readonly #place: ClusterRolloutPlace;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #runs = 0;

  constructor(
    app: string,
    cluster: ClusterProvider,
    place: ClusterRolloutPlace,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.app = app;
    this.#place = place;
    this.#env = env;
    const { namespace } = place;
    this.target = kubernetes({ name: app, cluster, namespace, timeout: "60s" });
  }

  /**
   * @param midway - told of each event of the rollout as it happens
   * @param earlier - what the run has told before, where it is resumed
   */
  async release(
    version: string,
    strategy: Strategy,
    midway: (event: RolloutProgress) => void = () => undefined,
    earlier: readonly RolloutProgress[] = [],
  ): Promise<StrategyResult> {
    const driver = await this.#connect(version);
    const { clock, signal, step } = rolloutContext({ clock: CLOCK, earlier });
    const emit = (event: RolloutProgress): void => {
      this.events.push(event);
      midway(event);
    };
    try {
      return await strategy.release(driver, strategy.spec as never, { clock, signal, step, emit });
    } finally {
      await driver.close();
    }
  }

  async #connect(version: string): Promise<RolloutDriver> {
    const spec = { target: this.target.spec, app: this.#service(version) };
    for (const since = performance.now(); ;) {
      try {
        return await this.target.connect(spec as never, this.context());
      } catch (error) {
        const busy = isSluiceError(error) && error.code === "TARGET_BUSY";
        if (!busy || performance.now() - since > TAKEOVER) throw error;
        await sleep(250);
      }
    }
  }

  #service(version: string): object {
    const { image, port = 8080, path = "/", annotations = {} } = this.#place;
    const health = { path, interval: "1s", startup: "60s" } as const;
    const env = { SUITE_VERSION: version };
    const { spec } = service({ name: this.app, image, port, health, annotations, env, replicas: REPLICAS });
    return { kind: "service", spec: JSON.parse(JSON.stringify(spec)) as object, secrets: {} };
  }

  context(): TargetContext {
    return {
      run: `suite-${++this.#runs}`,
      pipeline: "suite",
      root: process.cwd(),
      stateDir: "/nowhere",
      signal: new AbortController().signal,
      env: this.#env as TargetContext["env"],
      processes: { add: () => undefined, remove: () => undefined },
      mask: (text) => text,
      restore: () => Promise.reject(new Error("there is nothing to restore")),
      write: () => undefined,
    };
  }

  /** That all of so many releases went through, each once. Gives the last one's revision. */
  checkPromoted(result: StrategyResult, releases: number): number {
    const why = "reason" in result ? `: ${result.reason}` : "";
    assert.equal(result.outcome, "released", `the release ended as ${result.outcome}${why}`);
    const promoted = this.events.filter((event) => event.type === "rollout.promoted");
    assert.equal(promoted.length, releases, `each of ${releases} releases is promoted, and once`);
    return result.release.revision;
  }
}

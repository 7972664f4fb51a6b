import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { randomBytes } from "node:crypto";
import type { ClusterProvider, Strategy, StrategyResult } from "../ports/index.ts";
import { canary, metric, rolling } from "../strategies/index.ts";
import { ClusterFront } from "./cluster-front.ts";
import type { ClusterRolloutPlace } from "./cluster-provider-rig.ts";
import { checkReleased } from "./cluster-release-checks.ts";
import { ClusterRelease } from "./cluster-release.ts";
import type { SuiteStage } from "./cluster-suite-stage.ts";

const WELL = metric({ name: "errors", query: () => 0, max: 1 });

/** In the middle: of waiting for the first pods of a rolling release, of watching the first step of a canary. */
const STRATEGIES: Readonly<Record<"rolling" | "canary", Strategy>> = {
  rolling: rolling({ batch: 1 }),
  canary: canary({ steps: [50], every: "1s", analysis: [WELL] }),
};

/** An app in the rig's cluster, the second release of which meets with trouble on its way to the API server. */
export class RolloutScene {
  readonly stage: SuiteStage;
  readonly front: ClusterFront;
  readonly release: ClusterRelease;
  readonly #kind: "rolling" | "canary";

  private constructor(
    stage: SuiteStage,
    kind: "rolling" | "canary",
    place: ClusterRolloutPlace,
    front: ClusterFront,
  ) {
    this.stage = stage;
    this.front = front;
    this.#kind = kind;
    const app = `suite-${kind}-${randomBytes(4).toString("hex")}`;
    this.release = new ClusterRelease(app, this.#fronted(), place, stage.rig.env ?? {});
  }

  /** Plays it with the app released once already. `play` gives the revision that must be live, alone, at the end. */
  static async play(
    stage: SuiteStage,
    kind: "rolling" | "canary",
    play: (scene: RolloutScene) => Promise<number>,
  ): Promise<void> {
    const place = stage.rig.rollout;
    if (place === undefined) assert.fail("the rig has no cluster to release in");
    const context = stage.context();
    const connection = await stage.rig.provider.connect(context);
    const front = await ClusterFront.open(connection, { ...process.env, ...context.env });
    const scene = new RolloutScene(stage, kind, place, front);
    try {
      scene.release.checkPromoted(await scene.release.release("1", rolling()), 1);
      const revision = await play(scene);
      await checkReleased(connection, place.namespace, scene.release, revision);
    } finally {
      await scene.#end();
    }
  }

  /** Releases another version; `trouble` happens once, in the middle. */
  async meet(trouble: () => void | Promise<void>): Promise<StrategyResult> {
    let met: Promise<void> | undefined;
    const now = (): void => {
      met ??= Promise.resolve(trouble());
    };
    const candidate = new RegExp(`/deployments/${this.release.app}-r2\\b`);
    this.front.onAnswer = ({ method, path, status }) => {
      if (this.#kind === "rolling" && method !== "GET" && status < 300 && candidate.test(path)) now();
    };
    try {
      return await this.release.release("2", STRATEGIES[this.#kind], (event) => {
        if (this.#kind === "canary" && event.type === "rollout.weight") now();
      });
    } finally {
      await met;
      assert.notEqual(met, undefined, "the trouble came");
    }
  }

  /** Goes on with the second release when all is well again, as a run that is resumed does. */
  async resume(): Promise<StrategyResult> {
    const { events } = this.release;
    const earlier = events.slice(events.findIndex((event) => event.type === "rollout.promoted") + 1);
    return await this.release.release("2", STRATEGIES[this.#kind], undefined, earlier);
  }

  async outage(ms: number): Promise<void> {
    await this.front.stop();
    await sleep(ms);
    await this.front.start();
  }

  async #end(): Promise<void> {
    const { target } = this.release;
    const spec = { target: target.spec, secrets: {} };
    // Of a release that failed there may be nothing to stop; the trial has said so.
    await target.stop?.(spec as never, this.release.context()).catch(() => undefined);
    await this.front.close();
  }

  #fronted(): ClusterProvider {
    const { stage } = this;
    const { provider } = stage.rig;
    const { kind, name, spec, needs } = provider;
    return {
      kind,
      name,
      spec,
      needs,
      describe: () => provider.describe(),
      connect: async ({ signal }) => this.front.before(await provider.connect(stage.context(signal))),
    };
  }
}

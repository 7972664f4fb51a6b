import assert from "node:assert/strict";
import type { ClusterProviderTrial } from "./cluster-provider-rig.ts";
import type { RolloutScene } from "./cluster-rollout-scene.ts";
import type { SuiteStage } from "./cluster-suite-stage.ts";

/** Longer than a request is repeated and than a lease is held without being renewed: milliseconds. */
const LONG = 32_000;
const SHORT = 3_000;
const SKEW = 600_000;

/** What goes wrong in the middle of a release. */
export interface Trouble {
  readonly name: string;
  readonly needs?: readonly ClusterProviderTrial[];
  /** Before anything is asked. */
  readonly before?: (stage: SuiteStage) => void;
  readonly midway: (scene: RolloutScene) => void | Promise<void>;
  /** That it was met, and how. */
  readonly after?: (scene: RolloutScene) => void;
}

/** What a release gets over, without anybody noticing but its log. */
export const TROUBLES: readonly Trouble[] = [
  {
    name: "while credentials end",
    needs: ["expiry"],
    midway: async ({ stage, front }: RolloutScene): Promise<void> => {
      const { credentials } = await stage.connect();
      const { expiresAt = 0 } = await credentials();
      front.faults.retire();
      stage.moveTo(expiresAt);
      front.cutWatches();
    },
    after: ({ front }: RolloutScene): void => assert.ok(front.faults.shown.size > 1, "others were shown"),
  },
  {
    name: "while the API server refuses the credentials that it took before",
    needs: ["renewal"],
    midway: async (scene: RolloutScene): Promise<void> => {
      await scene.stage.rig.rotate?.();
      refuse(scene);
    },
    after: ({ front }: RolloutScene): void => {
      assert.ok(front.faults.refused > 0, "it was refused");
      assert.ok(front.faults.shown.size > 1, "others were shown");
    },
  },
  {
    name: "while the cloud throttles who wants other credentials",
    needs: ["renewal", "throttling"],
    midway: (scene: RolloutScene): void => {
      scene.stage.become("throttling");
      refuse(scene);
    },
    after: ({ front }: RolloutScene): void => assert.ok(front.faults.shown.size > 1, "others were shown"),
  },
  {
    name: "while the API server throttles it, with a Retry-After",
    midway: ({ front }: RolloutScene): void => front.faults.throttle(5),
    after: ({ front }: RolloutScene): void => assert.equal(front.faults.throttled, 5),
  },
  {
    name: "while all watches are cut",
    midway: async ({ front }: RolloutScene): Promise<void> => {
      await front.watched();
      front.cutWatches();
    },
  },
  {
    name: "while all watches are too old",
    midway: async ({ front }: RolloutScene): Promise<void> => {
      await front.watched();
      front.cutWatches("expired");
    },
  },
  {
    name: "while the API server is away for three seconds",
    midway: (scene: RolloutScene): Promise<void> => scene.outage(SHORT),
  },
  {
    name: "by a clock that is ten minutes ahead of everybody's",
    before: (stage: SuiteStage): void => stage.shift(SKEW),
    midway: ({ front }: RolloutScene): void => {
      front.faults.skew = -SKEW;
      front.faults.throttle(2);
    },
  },
  {
    name: "by a clock that is ten minutes behind everybody's",
    before: (stage: SuiteStage): void => stage.shift(-SKEW),
    midway: ({ front }: RolloutScene): void => {
      front.faults.skew = SKEW;
      front.faults.throttle(2);
    },
  },
];

/** What ends a release, which is gone on with afterwards. */
export const ENDS: readonly Trouble[] = [
  {
    name: "when the API server is away for long",
    midway: (scene: RolloutScene): Promise<void> => scene.outage(LONG),
  },
  {
    name: "when the cloud denies other credentials",
    needs: ["renewal", "denial"],
    midway: (scene: RolloutScene): void => {
      scene.stage.become("denying");
      refuse(scene);
    },
    after: ({ stage }: RolloutScene): void => stage.become("well"),
  },
];

/** Some clouds give the same token twice within a second. */
function refuse({ stage, front }: RolloutScene): void {
  stage.moveTo(stage.now() + 2_000);
  front.faults.retire();
  front.cutWatches();
}

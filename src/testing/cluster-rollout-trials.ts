import assert from "node:assert/strict";
import { isSluiceError } from "../errors/index.ts";
import type { StrategyResult } from "../ports/index.ts";
import { RolloutScene } from "./cluster-rollout-scene.ts";
import { ENDS, TROUBLES, type Trouble } from "./cluster-rollout-troubles.ts";
import type { SuiteStage, SuiteTrial } from "./cluster-suite-stage.ts";

const KINDS = ["rolling", "canary"] as const;

/** What a reader can make something of. */
const REASON = /cannot be reached|lets us in|denies|refuse|could not be renewed/;

/** Whole releases in the rig's cluster, with trouble in the middle. */
export const ROLLOUT_TRIALS: readonly SuiteTrial[] = KINDS.flatMap((kind) => [
  ...TROUBLES.map((trouble) => getsOver(kind, trouble)),
  ...ENDS.map((trouble) => givesUp(kind, trouble)),
]);

function getsOver(kind: (typeof KINDS)[number], trouble: Trouble): SuiteTrial {
  return {
    name: `releases once, by ${kind}, ${trouble.name}`,
    needs: ["rollout", ...(trouble.needs ?? [])],
    async run(stage: SuiteStage): Promise<void> {
      trouble.before?.(stage);
      await RolloutScene.play(stage, kind, async (scene) => {
        const result = await scene.meet(() => trouble.midway(scene));
        const revision = scene.release.checkPromoted(result, 2);
        assert.equal(revision, 2, "it was made at the first attempt");
        trouble.after?.(scene);
        return revision;
      });
    },
  };
}

/** What ends a release: with a reason, with nothing half done, and so that it can be gone on with. */
function givesUp(kind: (typeof KINDS)[number], { name, needs, midway, after }: Trouble): SuiteTrial {
  return {
    name: `by ${kind}, says why it ends ${name}, and is gone on with`,
    needs: ["rollout", "outage", ...(needs ?? [])],
    run: (stage) =>
      RolloutScene.play(stage, kind, async (scene) => {
        const ended = await scene.meet(() => midway(scene)).catch((error: unknown) => error);
        after?.(scene);
        if (!(ended instanceof Error)) return scene.release.checkPromoted(ended as StrategyResult, 2);
        assert.ok(isSluiceError(ended), `it is a SluiceError, not ${String(ended)}`);
        assert.match(ended.code, /^(CLUSTER_UNREACHABLE|CLUSTER_DENIED|TARGET_BUSY|ABORT_FAILED)$/);
        assert.match(ended.describe(), REASON, "it says why");
        return scene.release.checkPromoted(await scene.resume(), 2);
      }),
  };
}

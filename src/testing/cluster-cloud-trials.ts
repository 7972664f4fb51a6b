import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isSluiceError } from "../errors/index.ts";
import { checkRefused, essenceOf, rejectionOf } from "./cluster-provider-checks.ts";
import type { SuiteStage, SuiteTrial } from "./cluster-suite-stage.ts";

/** Milliseconds that a cancelled call may still take. */
const PROMPT = 2_000;
/** Of `Retry-After: 1`, less what timers are early. */
const THROTTLED = 950;

/** What becomes of clouds that do not do what they are asked. */
export const CLOUD_TRIALS: readonly SuiteTrial[] = [
  {
    name: "says that it is denied, and is let in once it no longer is",
    needs: ["denial"],
    async run(stage: SuiteStage): Promise<void> {
      stage.become("denying");
      const refused = stage.rig.provider.connect(stage.context());
      await checkRefused(refused, { code: "CLUSTER_DENIED", secrets: stage.rig.secrets });
      stage.become("well");
      const { credentials } = await stage.connect();
      assert.notEqual(essenceOf(await credentials()), "");
    },
  },
  {
    name: "says that new credentials are denied, and gets them once they no longer are",
    needs: ["denial"],
    async run(stage: SuiteStage): Promise<void> {
      const { credentials } = await stage.connect();
      const first = await credentials();
      stage.moveTo(stage.now() + 2_000);
      stage.become("denying");
      const secrets = [...stage.rig.secrets, first.token ?? "", first.certificate?.key ?? ""];
      await checkRefused(credentials({ fresh: true }), { code: "CLUSTER_DENIED", secrets });
      stage.become("well");
      assert.notEqual(essenceOf(await credentials({ fresh: true })), "");
    },
  },
  {
    name: "waits as long as a cloud that throttles it says",
    needs: ["throttling"],
    async run(stage: SuiteStage): Promise<void> {
      stage.become("throttling");
      const since = performance.now();
      await stage.rig.provider.connect(stage.context());
      const took = performance.now() - since;
      assert.ok(stage.rig.requests() > 1, "it asked again");
      assert.ok(took >= THROTTLED, `it waited ${Math.round(took)} ms of the second that it was told`);
    },
  },
  {
    name: "says that there is no such cluster",
    needs: ["absence"],
    async run(stage: SuiteStage): Promise<void> {
      stage.become("empty");
      const refused = stage.rig.provider.connect(stage.context());
      const error = await checkRefused(refused, { code: "CLOUD_FAILED", secrets: stage.rig.secrets });
      assert.ok(error.message.includes(stage.rig.provider.name), "the error names the cluster");
    },
  },
  {
    name: "stops waiting for a silent cloud when it is cancelled",
    needs: ["silence"],
    async run(stage: SuiteStage): Promise<void> {
      stage.become("silent");
      const controller = new AbortController();
      const refused = rejectionOf(stage.rig.provider.connect(stage.context(controller.signal)));
      await untilAsked(stage);
      const reason = new Error("enough");
      controller.abort(reason);
      checkCancelled(await within(refused), reason);
    },
  },
  {
    name: "asks nothing when it is cancelled already",
    async run(stage: SuiteStage): Promise<void> {
      const reason = new Error("enough");
      const refused = rejectionOf(stage.rig.provider.connect(stage.context(AbortSignal.abort(reason))));
      checkCancelled(await within(refused), reason);
      assert.equal(stage.rig.requests(), 0, "nothing was asked");
    },
  },
];

async function untilAsked(stage: SuiteStage): Promise<void> {
  const since = performance.now();
  while (stage.rig.requests() === 0) {
    if (performance.now() - since > 10_000) assert.fail("the cloud was never asked");
    await sleep(5);
  }
}

async function within(work: Promise<unknown>): Promise<unknown> {
  const late = new AbortController();
  const timer = sleep(PROMPT, undefined, { signal: late.signal }).then(() =>
    assert.fail(`it went on for ${PROMPT} ms after it was cancelled`),
  );
  try {
    return await Promise.race([work, timer]);
  } finally {
    timer.catch(() => undefined);
    late.abort();
  }
}

function checkCancelled(error: unknown, reason: Error): void {
  const cancelled = error === reason || (isSluiceError(error) && error.code === "CANCELLED");
  assert.ok(cancelled, "it rejects with the signal's reason, or with CANCELLED");
}

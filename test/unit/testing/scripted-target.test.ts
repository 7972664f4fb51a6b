import { describe, expect, test } from "vitest";
import type { RolloutDriver, TargetContext } from "../../../src/ports/index.ts";
import {
  rolloutContext,
  type ScriptedTarget,
  scriptedTarget,
  type ScriptedTargetOptions,
  virtualClock,
} from "../../../src/testing/index.ts";

const clock = virtualClock();
const context = (run = "run-1"): TargetContext => ({ ...rolloutContext({ clock }).step, run });
const made = (options: Omit<ScriptedTargetOptions, "clock"> = {}) => scriptedTarget({ clock, ...options });

function connect(target: ScriptedTarget, version = "two", run?: string): Promise<RolloutDriver> {
  const app = { kind: "service", spec: { version, replicas: 2 }, secrets: {} };
  return target.connect({ target: target.spec, app } as never, context(run));
}

async function deploy(target: ScriptedTarget, version: string, run?: string): Promise<void> {
  const driver = await connect(target, version, run);
  await driver.start(2);
  await driver.promote();
  await driver.close();
}

describe("scriptedTarget", () => {
  test("keeps what was deployed from one connection to the next", async () => {
    const target = made({ name: "production" });
    await deploy(target, "two", "run-7");
    expect(target.now).toMatchObject({
      target: "production",
      stable: { revision: 2, ready: 2, run: "run-7", state: "live" },
      candidate: undefined,
      weight: 0,
      history: [{ revision: 2 }, { revision: 1, digest: "sha256:stable", state: "retired", ready: 0 }],
    });
    expect(await (await connect(target, "two")).observe()).toMatchObject({ current: true, desired: 2 });
  });

  test("is one run's at a time, until that closes or dies", async () => {
    const target = made();
    const first = await connect(target, "two", "run-1");
    await expect(connect(target)).rejects.toMatchObject({ code: "TARGET_BUSY" });
    await expect(connect(target)).rejects.toThrow("by run run-1");
    await first.close();
    await connect(target);
    target.crash();
    await (await connect(target)).close();
  });

  test("never answers a process that has died, and goes on with what that had started", async () => {
    const target = made();
    const dead = await connect(target);
    await dead.start(1);
    await dead.route(20);
    target.crash();
    let answered = false;
    const asked = [dead.route(40), dead.observe(), dead.promote()];
    void Promise.race(asked).then(() => (answered = true));
    const next = await connect(target);
    expect(await next.observe()).toMatchObject({ weight: 20, candidate: { revision: 2, replicas: 1 } });
    await dead.close();
    await expect(connect(target)).rejects.toMatchObject({ code: "TARGET_BUSY" });
    await clock.advance(1_000);
    expect(answered).toBe(false);
    expect(target.weights).toEqual([20]);
  });

  test("takes back what a run of another release has left", async () => {
    const target = made();
    await (await connect(target, "two")).start(1);
    target.crash();
    await connect(target, "three");
    expect(target.now).toMatchObject({ candidate: undefined, stable: { revision: 1 } });
    expect(target.calls.at(-1)).toMatchObject({ call: "abort", changed: true, revision: 2 });
  });

  test("shows every piece of a call, and can be stopped at each", async () => {
    const moments: string[] = [];
    const target = made({
      at: ({ call, done }) => {
        moments.push(`${call} ${done}`);
        return call === "abort" && done === 2 ? new Promise(() => undefined) : undefined;
      },
    });
    const driver = await connect(target);
    await driver.start(1);
    await driver.scale("stable", 1);
    await driver.route(50);
    void driver.abort("bad");
    await clock.advance(0);
    expect(moments).toEqual([
      "start 0",
      "start 1",
      "start 2",
      "scale 0",
      "scale 1",
      "route 0",
      "route 1",
      "abort 0",
      "abort 1",
      "abort 2",
    ]);
    // Stable is at full size and has all requests; the candidate has not gone yet.
    expect(target.now).toMatchObject({ weight: 0, stable: { ready: 4 }, candidate: { revision: 2 } });
  });

  test("a kill half-way leaves half of the effect, and the target to the next process", async () => {
    const target = made({ faults: [{ call: "abort", does: "kill", when: "half-way" }] });
    const driver = await connect(target);
    await driver.start(1);
    await driver.route(50);
    void driver.abort("bad");
    await clock.advance(0);
    expect(target.now).toMatchObject({ weight: 0, candidate: { revision: 2 } });
    await (await connect(target)).abort("bad");
    expect(target.now.candidate).toBeUndefined();
  });

  test("goes back to an earlier revision, and can be stopped", async () => {
    const target = made();
    await deploy(target, "two");
    await deploy(target, "three");
    const verb = { target: target.spec, secrets: {} } as never;
    expect(await target.rollback(verb, context(), {})).toMatchObject({ revision: 4 });
    const digests = target.now.history.map(({ digest }) => digest);
    expect(digests[0]).toBe(digests[2]);
    await expect(target.rollback(verb, context(), { to: 9 })).rejects.toMatchObject({ code: "TARGET_STATE" });
    await target.stop?.(verb, context());
    expect(await target.status(verb, context())).toMatchObject({ stable: undefined, candidate: undefined });
  });
});

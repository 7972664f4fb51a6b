import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../../src/model/index.ts";
import type { RecordedRun, RolloutDriver, RunRecorder } from "../../../src/ports/index.ts";
import type { ScriptedTarget } from "../../../src/testing/index.ts";
import { crash, killsAt, referenceOf } from "../../fixtures/crash/explore.ts";
import { SECRETS } from "../../fixtures/crash/kit.ts";
import { build, canaryFails, canaryRecovers, greenPasses, held } from "../../fixtures/crash/pipelines.ts";
import { type CrashPipeline, type WorldOptions, World } from "../../fixtures/crash/world.ts";
import { play } from "../../fixtures/crash/live.ts";
import { checkEnd } from "../../fixtures/crash/check-end.ts";

/** All that is found wrong where a run is killed in every third of its moments, with something put between the parts. */
async function violationsOf(pipeline: CrashPipeline, broken: WorldOptions): Promise<string> {
  const found = new Set<string>();
  const reference = await referenceOf(pipeline, { loss: broken.loss });
  for (let index = 0; index < reference.moments.length; index += 3) {
    const { violations } = await crash(pipeline, broken, reference, killsAt(reference, index));
    for (const violation of violations) found.add(violation);
  }
  return [...found].join("\n");
}

const overriding = (recorder: RunRecorder, parts: Partial<RunRecorder>): RunRecorder =>
  new Proxy(recorder, {
    get: (of, key) => {
      const value: unknown = key in parts ? parts[key as keyof RunRecorder] : Reflect.get(of, key, of);
      return typeof value === "function" ? (value as () => unknown).bind(of) : value;
    },
  });

/** A journal that lags: what has happened is written when some more has happened. */
function late(recorder: RunRecorder): RunRecorder {
  const waiting: RunEvent[] = [];
  const write = (leave: number): void => {
    for (const event of waiting.splice(0, Math.max(0, waiting.length - leave))) recorder.append(event);
  };
  return overriding(recorder, {
    append: (event) => {
      waiting.push(event);
      write(4);
    },
    close: () => {
      write(0);
      return recorder.close();
    },
  });
}

/** A driver that does not say how far the rollout had come. */
function forgetful(target: ScriptedTarget): ScriptedTarget {
  const connect: ScriptedTarget["connect"] = async (spec, context) => {
    const driver = await target.connect(spec, context);
    let looked = 0;
    const observe = async () => ({ ...(await driver.observe()), ...(looked++ < 3 ? { weight: 0 } : {}) });
    return new Proxy(driver, {
      get: (of, key) => {
        const value: unknown = key === "observe" ? observe : Reflect.get(of, key, of);
        return typeof value === "function" ? (value as () => unknown).bind(of) : value;
      },
    }) satisfies RolloutDriver;
  };
  return new Proxy(target, {
    get: (of, key) => {
      const value: unknown = key === "connect" ? connect : Reflect.get(of, key, of);
      return typeof value === "function" ? (value as () => unknown).bind(of) : value;
    },
  });
}

const without =
  (...types: readonly RunEvent["type"][]) =>
  (recorded: RecordedRun): RecordedRun => ({
    ...recorded,
    events: recorded.events.filter((event) => !types.includes(event.type)),
  });

describe("the proof finds", { timeout: 300_000 }, () => {
  it("a journal that is written after the effect", async () => {
    const found = await violationsOf(build, { loss: "process", wrap: late });
    expect(found).toMatch(/ran again in process 1 although \S+ had begun after it/);
    expect(found).toMatch(/\S+ began 1 times in process 0, on record are 0/);
  });

  it("a journal that is handed over and not synchronised", async () => {
    const wrap = (recorder: RunRecorder): RunRecorder =>
      overriding(recorder, { sync: () => recorder.commit() });
    expect(await violationsOf(build, { loss: "machine", wrap })).toMatch(/ran again .* had begun after it/);
    expect(await violationsOf(canaryRecovers, { loss: "machine", wrap })).toMatch(
      /after the release had been refused/,
    );
  });

  it("artifacts whose files are not synchronised", async () => {
    const found = await violationsOf(build, { loss: "machine", filesUnsynced: true });
    expect(found).toMatch(/could not go on: .*dist\/site of "site" is not what was kept/);
  });

  it("a resume that overlooks what succeeded", async () => {
    const reread = (recorded: RecordedRun): RecordedRun => ({ ...recorded, outputs: new Map() });
    const found = await violationsOf(build, { loss: "process", reread });
    expect(found).toMatch(/ran again .* had begun after it/);
    expect(found).toContain("verify/unit ran again in process 1 although its success was on record");
  });

  it("a strategy that starts again at its first step", async () => {
    const found = await violationsOf(canaryFails, { loss: "process", disguise: forgetful });
    expect(found).toMatch(/revision 2 went from 50 % to 10 %/);
  });

  it("a refusal, or a wait for a person, that is forgotten", async () => {
    const refused = await violationsOf(canaryRecovers, {
      loss: "process",
      reread: without("rollout.aborting"),
    });
    expect(refused).toMatch(/start after the release had been refused/);
    const waiting = await violationsOf(held, { loss: "process", reread: without("rollout.held") });
    expect(waiting).toContain("promoted what the journal says was held for a person");
  });

  it("a promotion that is not told, and figures that are not kept", async () => {
    const untold = await violationsOf(greenPasses, { loss: "process", reread: without("rollout.started") });
    expect(untold).toMatch(/the journal does not tell of promote/);
    const reread = (recorded: RecordedRun): RecordedRun => ({
      ...recorded,
      events: recorded.events.map((event) => {
        if (event.type !== "node.succeeded") return event;
        const { baseline: _forgotten, ...rest } = event;
        return rest;
      }),
    });
    expect(await violationsOf(build, { loss: "process", reread })).toContain('"baselines":[]');
  });

  it("a secret in the journal", async () => {
    const wrap = (recorder: RunRecorder): RunRecorder =>
      overriding(recorder, {
        append: (event) => {
          recorder.append(
            JSON.parse(JSON.stringify(event).replaceAll("***", SECRETS["token"] ?? "")) as RunEvent,
          );
        },
      });
    const world = new World(build, { loss: "process", wrap });
    await play(world);
    await checkEnd(world);
    expect(world.violations).toContain("journal.jsonl holds the secret token");
  });
});

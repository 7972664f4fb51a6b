import { describe, expect, it } from "vitest";
import { SluiceError } from "../../../src/errors/index.ts";
import { when } from "../../../src/builder/index.ts";
import type { Check, Step } from "../../../src/ports/index.ts";
import { MemoryRecorder } from "../../../src/stores/memory.ts";
import { runEngine, states } from "../../fixtures/engine-run.ts";

const boom = () => {
  throw new Error("boom");
};
const forever: Step<void> = {
  kind: "forever",
  spec: {},
  execute: (_spec, { signal }) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        reject(signal.reason as Error);
      });
    }),
};

describe("order", () => {
  it("runs stages one after the other and the jobs of one side by side, by declaration", async () => {
    const ran: string[] = [];
    const run = await runEngine((p) => {
      const a = p.stage("a");
      a.job("1", () => void ran.push("a1"));
      a.job("2", () => void ran.push("a2"));
      p.stage("b").job("1", () => void ran.push("b1"));
    });
    expect(run.result.state).toBe("passed");
    expect(ran).toEqual(["a1", "a2", "b1"]);
  });

  it("starts a stage that is after nothing with the run", async () => {
    const ran: string[] = [];
    await runEngine((p) => {
      p.stage("slow").job("x", async () => {
        await Promise.resolve();
        ran.push("slow");
      });
      p.stage("side", { after: [] }).job("y", () => void ran.push("side"));
    });
    expect(ran).toEqual(["side", "slow"]);
  });

  it("passes values along and waits for them within a stage", async () => {
    const run = await runEngine((p) => {
      const stage = p.stage("s");
      const one = stage.job("one", async () => {
        await Promise.resolve();
        return { n: 41, deep: { list: [1, 2] } };
      });
      stage.job("two", { needs: { n: one.n, deep: one.deep }, run: ({ n, deep }) => ({ n: n + 1, deep }) });
    });
    const two = run.result.nodes.get("s/two");
    expect(two).toMatchObject({ state: "succeeded", output: { n: 42, deep: { list: [1, 2] } } });
  });

  it("gathers a matrix in the order of its cells", async () => {
    const value = (n: number): Step<number> => ({ kind: "value", spec: { n }, execute: () => n });
    const run = await runEngine((p) => {
      const cells = p.stage("m").matrix("x", { a: [1, 2], b: [10, 20] }, ({ a, b }) => value(a + b), {
        exclude: ({ a, b }) => a === 2 && b === 10,
      });
      p.stage("sum").job("all", { needs: { cells }, run: (needs) => [...needs.cells] });
    });
    expect(run.result.nodes.get("sum/all")).toMatchObject({ output: [11, 21, 22] });
    expect([...run.result.nodes.keys()]).toEqual([
      "m/x[a=1,b=10]",
      "m/x[a=1,b=20]",
      "m/x[a=2,b=20]",
      "sum/all",
    ]);
  });
});

describe("failure", () => {
  it("starts nothing more, lets what runs finish, and says why each node did not run", async () => {
    const run = await runEngine((p) => {
      const a = p.stage("a");
      const bad = a.job("bad", boom);
      const slow = a.job("slow", async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return 1;
      });
      a.job("dependent", { needs: { bad }, run: () => 1 });
      a.job("after slow", { needs: { slow }, run: () => 1 });
      p.stage("b").job("later", () => 1);
    });
    expect(run.result.state).toBe("failed");
    expect(run.result.reason).toBe("a/bad failed: boom");
    expect(states(run)).toEqual({
      "a/bad": "failed",
      "a/slow": "succeeded",
      "a/dependent": "skipped",
      "a/after slow": "skipped",
      "b/later": "skipped",
    });
    expect(run.result.nodes.get("a/dependent")).toMatchObject({
      reason: { kind: "upstream", node: "a/bad" },
    });
    expect(run.result.nodes.get("b/later")).toMatchObject({
      reason: { kind: "stopped", text: "a/bad failed" },
    });
  });

  it("cancels what runs where the stage says so", async () => {
    const run = await runEngine((p) => {
      const a = p.stage("a", { onFailure: "cancel" });
      a.job("long", forever);
      a.job("bad", boom);
    });
    expect(states(run)).toEqual({ "a/long": "cancelled", "a/bad": "failed" });
    expect(run.result.state).toBe("failed");
  });

  it("runs finally after success, failure and cancellation, and tells it the outcome", async () => {
    const seen: (string | undefined)[] = [];
    const note = (p: Parameters<Parameters<typeof runEngine>[0]>[0]): void => {
      p.finally("note", ({ outcome }) => void seen.push(outcome));
    };
    const controller = new AbortController();
    await runEngine((p) => {
      p.stage("a").job("x", () => 1);
      note(p);
    });
    await runEngine((p) => {
      p.stage("a").job("x", boom);
      note(p);
    });
    const cancelled = runEngine(
      (p) => {
        p.stage("a").job("x", (context) => {
          queueMicrotask(() => {
            controller.abort(new SluiceError("CANCELLED", "enough"));
          });
          return forever.execute(undefined as never, context as never);
        });
        note(p);
      },
      { signal: controller.signal },
    );
    expect((await cancelled).result).toMatchObject({ state: "cancelled", reason: "enough" });
    expect(seen).toEqual(["passed", "failed", "cancelled"]);
  });

  it("fails the run when only finally fails, and runs the other jobs of it", async () => {
    const run = await runEngine((p) => {
      p.stage("a").job("x", () => 1);
      p.finally("bad", boom);
      p.finally("good", () => 1);
    });
    expect(run.result.state).toBe("failed");
    expect(states(run)).toMatchObject({ "finally/bad": "failed", "finally/good": "succeeded" });
  });

  it("refuses an output that JSON cannot hold", async () => {
    const run = await runEngine((p) => {
      p.stage("a").job("x", () => ({ at: new Map() }));
    });
    expect(run.result.nodes.get("a/x")).toMatchObject({
      state: "failed",
      failure: { code: "OUTPUT_INVALID", message: "output.at: an object of class Map is not JSON" },
    });
  });

  it("fails where a value lacks the field that is asked for", async () => {
    const run = await runEngine((p) => {
      const one = p.stage("a").job("one", (): { a: number; b?: number } => ({ a: 1 }));
      p.stage("b").job("two", { needs: { b: one.b }, run: () => 1 });
    });
    expect(run.result.nodes.get("b/two")).toMatchObject({
      state: "failed",
      failure: { code: "INPUT_MISSING" },
    });
  });
});

describe("conditions", () => {
  it("skips with the reason; what can do without the value gets undefined, what cannot is skipped too", async () => {
    const use: Step<number> = { kind: "use", spec: {}, execute: () => 1 };
    const run = await runEngine((p) => {
      const off = p.stage("a").job("off", () => ({ n: 1 }), { when: when(false, "--on is given") });
      const b = p.stage("b");
      b.job("lenient", { needs: { n: off.n }, run: ({ n }) => n ?? "nothing" });
      b.job("strict", { ...use, spec: { n: off.n } });
    });
    expect(run.result.state).toBe("passed");
    expect(run.result.nodes.get("a/off")).toMatchObject({
      reason: { kind: "condition", text: "not: --on is given" },
    });
    expect(run.result.nodes.get("b/lenient")).toMatchObject({ output: "nothing" });
    expect(run.result.nodes.get("b/strict")).toMatchObject({
      state: "skipped",
      reason: { kind: "upstream" },
    });
  });

  it("decides by a value when it is there", async () => {
    const run = await runEngine((p) => {
      const level = p.stage("a").job("level", () => "high");
      p.stage("b", { when: when(level, { oneOf: ["low", "middle"] }) }).job("x", () => 1);
      p.stage("c").job("y", () => 1, { when: when(level, { equals: "high" }) });
    });
    expect(states(run)).toMatchObject({ "b/x": "skipped", "c/y": "succeeded" });
  });

  it("never takes a condition that cannot be judged for one that does not hold", async () => {
    const run = await runEngine((p) => {
      const value = p.stage("a").job("v", (): { a: number; gone?: boolean } => ({ a: 1 }));
      p.stage("b", { when: when(value.gone) }).job("x", () => 1);
    });
    expect(run.result.state).toBe("failed");
    expect(run.result.reason).toContain("could not be judged");
  });
});

describe("retries", () => {
  it("tries again with growing delays, holds nothing meanwhile, and records the pass as flaky", async () => {
    let tries = 0;
    const run = await runEngine(
      (p) => {
        const a = p.stage("a");
        a.job(
          "flaky",
          () => {
            tries++;
            if (tries < 4) throw new Error("not yet");
          },
          { retry: { attempts: 5, delay: "1s", factor: 2, maxDelay: "3s", jitter: 0 } },
        );
        a.job("other", () => 1);
      },
      { concurrency: 1 },
    );
    expect(run.result.nodes.get("a/flaky")).toMatchObject({ state: "succeeded", attempts: 4, flaky: true });
    expect(run.clockMs).toBe(1_000 + 2_000 + 3_000);
    expect(run.ends).toEqual(["a/other succeeded", "a/flaky succeeded"]);
    const delays = run.events.flatMap((event) => (event.type === "node.retrying" ? [event.delay] : []));
    expect(delays).toEqual([1_000, 2_000, 3_000]);
  });

  it("tries again only for the classes named", async () => {
    let tries = 0;
    const failing = (exitCode: number): (() => never) => {
      return () => {
        tries++;
        throw Object.assign(new SluiceError("COMMAND_FAILED", "it failed"), { exitCode });
      };
    };
    await runEngine((p) => {
      p.stage("a").job("x", failing(3), { retry: { attempts: 3, on: [7, "timeout"] } });
    });
    expect(tries).toBe(1);
    await runEngine((p) => {
      p.stage("a").job("x", failing(7), { retry: { attempts: 3, on: [7, "timeout"] } });
    });
    expect(tries).toBe(1 + 3);
  });

  it("gives up the wait when the run stops", async () => {
    const run = await runEngine((p) => {
      const a = p.stage("a");
      a.job("waits", boom, { retry: { attempts: 2, delay: "1h" } });
      a.job("fails", async () => {
        await Promise.resolve();
        boom();
      });
    });
    expect(states(run)).toEqual({ "a/waits": "failed", "a/fails": "failed" });
    expect(run.clockMs).toBe(0);
  });
});

describe("timeouts and cancellation", () => {
  it("ends an attempt that takes too long, and counts it as a timeout", async () => {
    const run = await runEngine((p) => {
      p.stage("a").job("x", forever, { timeout: "5s" });
    });
    expect(run.result.nodes.get("a/x")).toMatchObject({
      state: "failed",
      failure: { code: "TIMEOUT", class: "timeout" },
    });
    expect(run.clockMs).toBe(5_000);
  });

  it("stops waiting for a function that ignores its signal", async () => {
    const run = await runEngine((p) => {
      p.stage("a").job("deaf", () => new Promise<void>(() => undefined), { timeout: "1s", grace: "2s" });
    });
    expect(run.result.nodes.get("a/deaf")).toMatchObject({ state: "failed", failure: { code: "TIMEOUT" } });
    expect(run.clockMs).toBe(1_000 + 2_000 + 5_000);
  });

  it("keeps work that ended well although it was cancelled", async () => {
    const controller = new AbortController();
    const run = await runEngine(
      (p) => {
        p.stage("a").job("x", async () => {
          controller.abort(new SluiceError("CANCELLED", "stop"));
          await Promise.resolve();
          return "done";
        });
      },
      { signal: controller.signal },
    );
    expect(run.result.nodes.get("a/x")).toMatchObject({ state: "succeeded", output: "done" });
    expect(run.result.state).toBe("cancelled");
  });

  it("starts nothing where it was cancelled before", async () => {
    const run = await runEngine(
      (p) => {
        p.stage("a").job("x", boom);
      },
      { signal: AbortSignal.abort(new SluiceError("CANCELLED", "no")) },
    );
    expect(states(run)).toEqual({ "a/x": "skipped" });
  });
});

describe("gates", () => {
  const judge = (outcome: "passed" | "failed" | "suspended"): Check<unknown> => ({
    kind: "test",
    spec: {},
    judge: () => ({
      outcome,
      figures: [{ name: "n", value: 1, ok: outcome === "passed" }],
      summary: `it ${outcome}`,
    }),
  });

  it("hands the subject on when it passes and stops the run when it does not", async () => {
    const passed = await runEngine((p) => {
      const value = p.stage("a").job("v", () => ({ n: 1 }));
      const ok = p.stage("b").gate("ok", value, judge("passed"));
      p.stage("c").job("use", { needs: { n: ok.n }, run: ({ n }) => n });
    });
    expect(passed.result.nodes.get("c/use")).toMatchObject({ output: 1 });
    const failed = await runEngine((p) => {
      const value = p.stage("a").job("v", () => ({ n: 1 }));
      p.stage("b").gate("ok", value, judge("failed"), { retry: 3 });
      p.stage("c").job("never", () => 1);
    });
    expect(failed.result.nodes.get("b/ok")).toMatchObject({
      state: "failed",
      attempts: 1,
      failure: { class: "refused" },
    });
    expect(states(failed)).toMatchObject({ "c/never": "skipped" });
    expect(failed.events.find((event) => event.type === "gate.judged")).toMatchObject({
      ok: false,
      node: "b/ok",
    });
  });

  it("passes only for true, whatever else a function returns", async () => {
    const run = await runEngine((p) => {
      const value = p.stage("a").job("v", () => 1);
      p.stage("b").gate("ok", value, (() => ({ passed: true })) as never);
    });
    expect(run.result.state).toBe("failed");
  });

  it("suspends the run: what does not depend on it goes on, what comes after waits, finally does not run", async () => {
    const run = await runEngine((p) => {
      const value = p.stage("a").job("v", () => 1);
      const b = p.stage("b");
      b.gate("approval", value, judge("suspended"));
      b.job("beside", () => 1);
      p.stage("c").job("after", () => 1);
      p.finally("end", () => 1);
    });
    expect(run.result.state).toBe("suspended");
    expect(states(run)).toEqual({ "a/v": "succeeded", "b/approval": "suspended", "b/beside": "succeeded" });
  });

  it("keeps what gates propose as baselines only when the whole run passes", async () => {
    const proposing: Check<unknown> = {
      kind: "test",
      spec: {},
      judge: (_subject, _spec, { baseline }) => {
        baseline.propose({ n: 1 });
        return { outcome: "passed", figures: [], summary: "" };
      },
    };
    const good = await runEngine((p) => {
      p.stage("b").gate(
        "g",
        p.stage("a", { after: [] }).job("v", () => 1),
        proposing,
      );
    });
    expect([...good.baselines.values]).toEqual([["test/b/g", { n: 1 }]]);
    const bad = await runEngine((p) => {
      const value = p.stage("a").job("v", () => 1);
      p.stage("b").gate("g", value, proposing);
      p.stage("c").job("x", boom);
    });
    expect(bad.baselines.values.size).toBe(0);
  });
});

describe("secrets", () => {
  it("reach only what names them, and are masked in outputs, failures and events", async () => {
    const secret = "correct-horse-battery";
    const run = await runEngine(
      (p, { secrets }) => {
        const { token } = secrets;
        const a = p.stage("a");
        if (token === undefined) throw new Error("no handle");
        a.job("knows", {
          needs: { token },
          run: (needs) => ({ said: `it is ${needs.token}`, n: needs.token.length }),
        });
        a.job("fails", {
          needs: { token },
          run: (needs) => {
            throw new Error(`cannot use ${needs.token}`);
          },
        });
      },
      { secretValues: { token: secret } },
    );
    expect(run.result.nodes.get("a/knows")).toMatchObject({
      output: { said: "it is ***", n: secret.length },
    });
    expect(JSON.stringify([run.events, [...run.result.nodes], run.result.reason])).not.toContain(secret);
  });
});

describe("the end of a run", () => {
  /** A journal that cannot be kept from the end of the run on. */
  class FullAtTheEnd extends MemoryRecorder {
    override sync(): undefined {
      if (this.events.some(({ type }) => type === "run.finished"))
        throw new SluiceError("STATE_UNWRITABLE", "there is no space left");
    }
  }

  it("that cannot be put on record is a failure, and nobody was told otherwise", async () => {
    const { result, events } = await runEngine((p) => void p.stage("a").job("x", () => 1), {
      recorder: new FullAtTheEnd(),
    });
    expect(result).toMatchObject({ state: "failed", reason: "there is no space left" });
    const told = events.filter(({ type }) => type === "run.finished");
    expect(told).toMatchObject([{ state: "failed", reason: "there is no space left" }]);
  });

  it("keeps no figures of a run of which not all is on record", async () => {
    class Full extends MemoryRecorder {
      override sync(): undefined {
        throw new SluiceError("STATE_UNWRITABLE", "there is no space left");
      }
    }
    const size: Check<number> = {
      kind: "size",
      spec: null,
      judge: (value, _spec, { baseline }) => {
        baseline.propose(value);
        return { outcome: "passed", figures: [], summary: "fine" };
      },
    };
    const sized = (recorder: MemoryRecorder) =>
      runEngine(
        (p) => {
          const made = p.stage("a").job("x", () => 1);
          p.stage("b").gate("size", made, size);
        },
        { recorder },
      );
    expect((await sized(new MemoryRecorder())).baselines.values).toEqual(new Map([["test/b/size", 1]]));
    const { result, baselines } = await sized(new Full());
    expect(result.state).toBe("failed");
    expect(baselines.values.size).toBe(0);
  });
});

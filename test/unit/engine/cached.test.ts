import { describe, expect, it } from "vitest";
import { sh } from "../../../src/executors/shell/index.ts";
import type { RunEvent } from "../../../src/model/index.ts";
import type { CacheAnswer, CacheEntry, CacheRequest, NodeCache, Step } from "../../../src/ports/index.ts";
import { MemoryRecorder } from "../../../src/stores/memory.ts";
import { planOf, runEngine, states } from "../../fixtures/engine-run.ts";

/** Answers as it is told, and notes what it is asked. */
class ScriptedCache implements NodeCache {
  readonly requests: CacheRequest[] = [];
  readonly kept: { readonly key: string; readonly entry: CacheEntry }[] = [];
  readonly ended: string[] = [];
  readonly #answer: () => CacheAnswer;
  trouble: string | undefined;

  constructor(answer: () => CacheAnswer) {
    this.#answer = answer;
  }

  lookup(request: CacheRequest): Promise<CacheAnswer> {
    this.requests.push(request);
    return Promise.resolve().then(this.#answer);
  }

  ran({ id }: { readonly id: string }): void {
    this.ended.push(id);
  }

  keep(key: string, entry: CacheEntry): Promise<string | undefined> {
    this.kept.push({ key, entry });
    return Promise.resolve(this.trouble);
  }

  close(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }
}

async function* log(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

const hit = (): CacheAnswer => ({
  hit: true,
  key: "k",
  where: "local",
  run: "earlier",
  output: { n: 1 },
  artifacts: [],
  log: log("printed then\n"),
  took: 5_000,
});
const miss = (): CacheAnswer => ({ hit: false, key: "k", reason: "src/a.ts differs" });
const cache = { inputs: "src/**" };

function counting(): { readonly step: Step<{ n: number }>; readonly count: () => number } {
  let count = 0;
  return { step: { kind: "step", spec: { what: "x" }, execute: () => ({ n: ++count }) }, count: () => count };
}

describe("a cached job", () => {
  it("that is found is not run, shows its log and passes its output on", async () => {
    const nodes = new ScriptedCache(hit);
    const { step, count } = counting();
    const seen: unknown[] = [];
    const run = await runEngine(
      (p) => {
        const made = p.stage("a").job("made", step, { cache });
        p.stage("b").job("next", { needs: { made }, run: ({ made: value }) => void seen.push(value) });
      },
      { cache: nodes },
    );
    expect(count()).toBe(0);
    expect(seen).toEqual([{ n: 1 }]);
    expect(run.result.nodes.get("a/made")).toMatchObject({
      state: "succeeded",
      from: { kind: "cache", run: "earlier", key: "k", where: "local", took: 5_000 },
    });
    const printed = run.events.find((event) => event.type === "node.log");
    expect(Buffer.from(printed?.chunk ?? []).toString()).toBe("printed then\n");
    expect(nodes.kept).toEqual([]);
    // What was found has run nothing; the function beside it has.
    expect(nodes.ended).toEqual(["b/next"]);
  });

  it("that is not found is run and kept, with the time that it took itself", async () => {
    const nodes = new ScriptedCache(miss);
    const { step, count } = counting();
    const run = await runEngine((p) => void p.stage("a").job("made", step, { cache }), { cache: nodes });
    expect(count()).toBe(1);
    expect(nodes.kept).toMatchObject([{ key: "k", entry: { run: "run-1", output: { n: 1 }, took: 0 } }]);
    expect(nodes.ended).toEqual(["a/made"]);
    expect(run.events.find((event) => event.type === "cache.checked")).toMatchObject({
      hit: false,
      key: "k",
      reason: "src/a.ts differs",
    });
  });

  it("is started on disk before it runs, and not before it is looked up", async () => {
    const order: string[] = [];
    const plan = planOf((p) => void p.stage("a").job("made", counting().step, { cache }));
    class Recorder extends MemoryRecorder {
      override sync(): undefined {
        order.push("sync");
        super.sync();
      }
    }
    const nodes = new ScriptedCache(() => {
      order.push("lookup");
      return miss();
    });
    const step: Step<string> = {
      kind: "step",
      spec: {},
      execute: () => {
        order.push("run");
        return "";
      },
    };
    await runEngine((p) => void p.stage("a").job("made", step, { cache }), {
      cache: nodes,
      recorder: new Recorder(plan),
    });
    expect(order.slice(0, 3)).toEqual(["lookup", "sync", "run"]);
  });

  it("that fails is not kept", async () => {
    const nodes = new ScriptedCache(miss);
    const step: Step<string> = { kind: "step", spec: {}, execute: () => Promise.reject(new Error("no")) };
    const run = await runEngine((p) => void p.stage("a").job("made", step, { cache }), { cache: nodes });
    expect(states(run)).toEqual({ "a/made": "failed" });
    expect(nodes.kept).toEqual([]);
  });

  it("is run without being kept where it has no key", async () => {
    const nodes = new ScriptedCache(() => ({ hit: false, reason: "no file matches", warning: "look" }));
    const { step, count } = counting();
    const run = await runEngine((p) => void p.stage("a").job("made", step, { cache }), { cache: nodes });
    expect([count(), nodes.kept]).toEqual([1, []]);
    expect(warnings(run.events)).toEqual(["look"]);
  });

  it.each<[string, () => CacheAnswer]>([
    [
      "is run where the cache throws",
      () => {
        throw new Error("broken");
      },
    ],
  ])("%s", async (_what, answer) => {
    const { step, count } = counting();
    const run = await runEngine((p) => void p.stage("a").job("made", step, { cache }), {
      cache: new ScriptedCache(answer),
    });
    expect(count()).toBe(1);
    expect(run.result.state).toBe("passed");
    expect(warnings(run.events).join()).toContain("broken");
  });

  it("passes although it could not be kept, with a warning", async () => {
    const nodes = new ScriptedCache(miss);
    nodes.trouble = "the disk is full";
    const run = await runEngine((p) => void p.stage("a").job("made", counting().step, { cache }), {
      cache: nodes,
    });
    expect(run.result.state).toBe("passed");
    expect(warnings(run.events)).toEqual(["the disk is full"]);
  });

  it("is asked for with values in place of refs, and secrets by name", async () => {
    const nodes = new ScriptedCache(hit);
    await runEngine(
      (p, { secrets }) => {
        const made = p.stage("a").job("made", () => ({ tag: "v1" }));
        const key = secrets["key"];
        if (key !== undefined) p.stage("b").job("use", sh`push ${made.tag} ${key}`, { cache });
      },
      { cache: nodes, secretValues: { key: "hunter2hunter2" } },
    );
    const asked = JSON.stringify(nodes.requests[0]?.spec);
    expect(asked).toContain('{"value":"v1","quote":"bare"}');
    expect(asked).toContain('{"$secret":"key"}');
    expect(asked).not.toContain("hunter2");
  });
});

function warnings(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
}

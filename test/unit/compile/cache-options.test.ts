import { describe, expect, it } from "vitest";
import { DefinitionError } from "../../../src/errors/index.ts";
import { sh } from "../../../src/executors/shell/index.ts";
import type { PlanCache } from "../../../src/model/index.ts";
import { compiled } from "../../fixtures/engine-run.ts";

/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- the builder as JavaScript sees it */
type Loose = any;

function problems(definition: (p: Loose) => void): readonly string[] {
  try {
    compiled(definition);
  } catch (error) {
    if (error instanceof DefinitionError)
      return error.issues.map(({ rule, message }) => `${rule}: ${message}`);
    throw error;
  }
  return [];
}

function cacheOf(cache: unknown): PlanCache | null | undefined {
  return compiled((p) => {
    p.stage("a").job("b", sh`true`, { cache: cache as never });
  }).plan.nodes[0]?.cache;
}

const cache = { inputs: "src/**" };

describe("`cache` of a job", () => {
  it("stands in the Plan with its defaults", () => {
    expect(cacheOf(cache)).toEqual({ inputs: ["src/**"], env: [], tools: ["node --version"] });
    expect(cacheOf({ inputs: ["a", "!b"], env: ["X"], tools: [] })).toEqual({
      inputs: ["a", "!b"],
      env: ["X"],
      tools: [],
    });
  });

  it.each<[string, (p: Loose) => void, RegExp]>([
    [
      "a gate",
      (p) => p.stage("a").gate("g", p.stage("b").job("j", sh`true`), () => true, { cache }),
      /a gate cannot be cached/,
    ],
    ["a function", (p) => p.stage("a").job("f", () => 1, { cache }), /a function cannot be cached/],
    [
      "a function with needs",
      (p) => p.stage("a").job("f", { needs: {}, run: () => 1, cache }),
      /a function cannot be cached/,
    ],
    [
      "a job with effects",
      (p) => p.stage("a").job("j", sh`true`, { cache, effects: true }),
      /acts on the world outside/,
    ],
    [
      "a step with effects",
      (p) => p.stage("a").job("j", { kind: "x", spec: {}, effects: true, execute: () => 1 }, { cache }),
      /acts on the world outside/,
    ],
    ["a job of finally", (p) => p.finally("j", sh`true`, { cache }), /a job of `finally` cannot be cached/],
    ["no object", (p) => p.stage("a").job("j", sh`true`, { cache: true }), /it is not an object/],
    ["no inputs", (p) => p.stage("a").job("j", sh`true`, { cache: {} }), /it names no file/],
    [
      "only exceptions",
      (p) => p.stage("a").job("j", sh`true`, { cache: { inputs: ["!a"] } }),
      /it names no file/,
    ],
    [
      "a path above",
      (p) => p.stage("a").job("j", sh`true`, { cache: { inputs: ["../a"] } }),
      /leaves the root/,
    ],
    [
      "another option",
      (p) => p.stage("a").job("j", sh`true`, { cache: { ...cache, outputs: [] } }),
      /no such option/,
    ],
    [
      "a value",
      (p) => p.stage("a").job("j", sh`true`, { cache: { ...cache, env: ["A=b"] } }),
      /not a list of such/,
    ],
    [
      "a variable that changes in each run",
      (p) => p.stage("a").job("j", sh`true`, { cache: { ...cache, env: ["SLUICE_RUN"] } }),
      /another one in each run/,
    ],
    [
      "an empty tool",
      (p) => p.stage("a").job("j", sh`true`, { cache: { ...cache, tools: [" "] } }),
      /not a list of such/,
    ],
  ])("is refused: %s", (_what, definition, problem) => {
    expect(problems(definition).join("\n")).toMatch(problem);
  });
});

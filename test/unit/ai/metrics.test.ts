import { describe, expect, it } from "vitest";
import { contains, custom, exact, retrieval, type Metric, type Question } from "../../../src/ai/index.ts";
import { percentile } from "../../../src/ai/percentile.ts";
import { pick } from "../../../src/ai/pointer.ts";
import { parseRetryAfter } from "../../../src/ai/retry.ts";
import { errorOf } from "./support.ts";

const question = (over: Partial<Question>): Question => ({
  id: undefined,
  question: "q",
  relevant: [],
  expected: [],
  fields: {},
  ...over,
});

describe("retrieval", () => {
  const answer = (...ids: (string | number)[]) => ({ sources: ids.map((id) => ({ id })) });
  it.each<[string, (string | number)[], string[], number, number]>([
    ["first", ["a", "b"], ["a"], 1, 1],
    ["second", ["a", "b"], ["b"], 1, 1 / 2],
    ["the better of two", ["x", "b", "a"], ["a", "b"], 1, 1 / 2],
    ["at the end of what counts", ["x", "y", "a"], ["a"], 1, 1 / 3],
    ["behind it", ["x", "y", "z", "a"], ["a"], 0, 0],
    ["not at all", ["x"], ["a"], 0, 0],
    ["nothing found", [], ["a"], 0, 0],
    ["repeated ids keep their places", ["x", "x", "x", "a"], ["a"], 0, 0],
    ["numbers", [1, 2], ["2"], 1, 1 / 2],
  ])("%s", async (_name, ids, relevant, hit, reciprocal) => {
    expect(await retrieval.hitRate({ at: 3 }).score(answer(...ids), question({ relevant }))).toBe(hit);
    expect(await retrieval.mrr({ at: 3 }).score(answer(...ids), question({ relevant }))).toBe(reciprocal);
  });

  it.each<[string, unknown, string]>([
    ["at of 0", { at: 0 }, "at must be a whole number of at least 1, got 0"],
    ["no at", {}, "at must be a whole number of at least 1, got nothing"],
    ["min in per cent", { at: 1, min: 90 }, "min must be a share from 0 to 1, got 90"],
    ["min of 0", { at: 1, min: 0 }, "min of 0 accepts everything"],
    ["NaN", { at: 1, min: Number.NaN }, "min must be a number from 0 to 1, got NaN"],
    ["a negative drop", { at: 1, maxDrop: -0.1 }, "maxDrop must be"],
    ["no pointer", { at: 1, ids: "sources.id" }, "ids must be a JSON pointer"],
    ["a misspelt option", { at: 1, k: 5 }, "there is no option k"],
  ])("refuses %s at once", async (_name, options, message) => {
    const error = await errorOf(() => retrieval.hitRate(options as { at: number }));
    expect(error.code).toBe("DEFINITION_INVALID");
    expect(error.message).toContain(message);
  });
});

describe("exact and contains", () => {
  it.each<[string, Metric, unknown, string[], number]>([
    ["equal", exact(), { answer: " 42\n" }, ["42"], 1],
    ["equal to one of several", exact(), { answer: "b" }, ["a", "b"], 1],
    ["more than equal", exact(), { answer: "42." }, ["42"], 0],
    ["another case", exact(), { answer: "Yes" }, ["yes"], 0],
    ["another case, ignored", exact({ ignoreCase: true }), { answer: "Yes" }, ["YES"], 1],
    ["another Unicode form", exact(), { answer: "gro\u0308ße" }, ["größe"], 1],
    ["a number", exact(), { answer: 42 }, ["42"], 1],
    ["the whole answer", exact({ answer: "" }), "42", ["42"], 1],
    ["within", contains(), { answer: "It is 42." }, ["42"], 1],
    ["not within", contains(), { answer: "It is 41." }, ["42"], 0],
    ["elsewhere", contains({ answer: "/choices/0/text" }), { choices: [{ text: "42" }] }, ["42"], 1],
  ])("%s", async (_name, metric, answer, expected, score) => {
    expect(await metric.score(answer, question({ expected }))).toBe(score);
  });

  it("throw where there is no text", () => {
    expect(() => exact().score({ answer: ["a"] }, question({}))).toThrow('/answer is no text, but ["a"]');
    expect(() => exact().score("plain", question({}))).toThrow(
      'the answer has no "answer": it is the text "plain"',
    );
  });
});

describe("custom", () => {
  it.each([
    [true, 1],
    [false, 0],
    [0.25, 0.25],
  ])("%s scores %s", async (given, score) => {
    expect(await custom("mine", () => Promise.resolve(given)).score({}, question({}))).toBe(score);
  });

  it.each([[Number.NaN], [2], [-0.1], ["1"], [undefined]])("a score of %s is an error", async (given) => {
    await expect(custom("mine", () => given as number).score({}, question({}))).rejects.toThrow(
      "mine must give a score from 0 to 1",
    );
  });

  it("needs a name and a function", async () => {
    expect((await errorOf(() => custom("", () => 1))).message).toContain("name must be a text");
    expect((await errorOf(() => custom("mine", 3 as never))).message).toContain("score must be a function");
  });
});

describe("pick", () => {
  const value = { a: [{ b: 1 }, { b: [2, 3] }], "x/y": { "~": "t" }, n: null };
  it.each<[string, unknown]>([
    ["", value],
    ["/a/0/b", 1],
    ["/a/*/b", [1, 2, 3]],
    ["/x~1y/~0", "t"],
    ["/n", null],
  ])("%s", (pointer, expected) => {
    expect(pick(value, pointer)).toEqual(expected);
  });

  it.each([
    ["/b", 'the answer has no "b"'],
    ["/a/5", '/a has no "5"'],
    ["/a/0/b/c", '/a/0/b has no "c": it is a value of type number'],
    ["/n/c", '/n has no "c": it is null'],
    ["/x~1y/*", "/x~1y is no list, but a value of type object"],
    ["/constructor", 'the answer has no "constructor"'],
  ])("%s is not there", (pointer, message) => {
    expect(() => pick(value, pointer)).toThrow(message);
  });
});

describe("percentile", () => {
  it.each([
    [[5], 0.5, 5],
    [[3, 1, 2], 0.5, 2],
    [[1, 2, 3, 4], 0.5, 2],
    [Array.from({ length: 100 }, (_, at) => at + 1), 0.95, 95],
    [[1, 2], 0.95, 2],
  ])("of %j at %s", (values, q, expected) => {
    expect(percentile(values, q)).toBe(expected);
  });
});

describe("parseRetryAfter", () => {
  const now = Date.parse("2027-01-01T00:00:00Z");
  it.each<[string | null, number | undefined]>([
    [null, undefined],
    ["", undefined],
    ["0", undefined],
    ["2", 2_000],
    ["Fri, 01 Jan 2027 00:00:05 GMT", 5_000],
    ["Thu, 31 Dec 2026 23:00:00 GMT", undefined],
    ["soon", undefined],
  ])("%s", (header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });
});

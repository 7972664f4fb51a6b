import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../../scripts/evaluate.mjs";
import { mapLimited } from "../../scripts/lib/pool.mjs";
import { quantile, reciprocalRank } from "../../scripts/lib/scores.mjs";

const SOURCES = [{ id: "a" }, { id: "b" }, { id: "c" }];

test("the reciprocal rank is that of the first relevant source", () => {
  assert.equal(reciprocalRank(["a"], SOURCES), 1);
  assert.equal(reciprocalRank(["c", "b"], SOURCES), 1 / 2);
  assert.equal(reciprocalRank(["z"], SOURCES), 0);
  assert.equal(reciprocalRank(["a"], []), 0);
});

test("quantiles are values that occur", () => {
  assert.equal(quantile([5, 1, 3], 0.5), 3);
  assert.equal(quantile([5, 1, 3], 0.99), 5);
  assert.equal(quantile([], 0.5), 0);
});

test("an evaluation counts hits, ranks and misses", async () => {
  const cases = [
    { question: "first", relevant: ["a"] },
    { question: "second", relevant: ["b"] },
    { question: "none", relevant: ["z"] },
    { question: "sixth", relevant: ["f"] },
  ];
  const sources = ["a", "b", "c", "d", "e", "f"].map((id) => ({ id }));
  const report = await evaluate(() => Promise.resolve({ sources, version: "v1" }), cases);
  assert.deepEqual(
    { ...report, misses: report.misses.map(({ question }) => question) },
    { questions: 4, hitRateAt5: 0.5, mrr: 0.375, version: "v1", misses: ["none", "sixth"] },
  );
});

test("answers of two versions are not one evaluation", async () => {
  const versions = ["v1", "v2"];
  const subject = () => Promise.resolve({ sources: [], version: versions.shift() ?? "v2" });
  const cases = ["one", "two"].map((question) => ({ question, relevant: ["a"] }));
  await assert.rejects(evaluate(subject, cases), /several versions: v1, v2/);
});

test("a limited map keeps the order and the limit", async () => {
  let running = 0;
  let most = 0;
  const doubled = await mapLimited([1, 2, 3, 4, 5], 2, async (n) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return n * 2;
  });
  assert.deepEqual(doubled, [2, 4, 6, 8, 10]);
  assert.equal(most, 2);
  await assert.rejects(
    mapLimited([1], 2, () => Promise.reject(new Error("no"))),
    /no/,
  );
});

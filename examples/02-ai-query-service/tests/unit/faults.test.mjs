import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "../../service/config.mjs";
import { createFaults } from "../../service/faults.mjs";

/** @type {import("../../service/index/search.mjs").Search} */
const search = (_question, limit) =>
  ["a", "b", "c"].slice(0, limit).map((id, i) => ({ id, title: id, score: 3 - i }));

/** @param {import("../../service/faults.mjs").Faults} faults */
async function failuresIn100(faults) {
  let failures = 0;
  for (let i = 0; i < 100; i += 1) {
    await faults.before().catch(() => {
      failures += 1;
    });
  }
  return failures;
}

test("errors hit exactly their share of the queries", async () => {
  assert.equal(await failuresIn100(createFaults({ fault: "errors", share: 0.3 })), 30);
  assert.equal(await failuresIn100(createFaults({ fault: "errors", share: 0 })), 0);
  assert.equal(await failuresIn100(createFaults({ fault: "none", share: 1 })), 0);
});

test("slow queries wait and the others do not", async () => {
  const faults = createFaults({ fault: "latency", share: 0.5 });
  const started = performance.now();
  await faults.before();
  const first = performance.now() - started;
  await faults.before();
  const second = performance.now() - started - first;
  assert.ok(second > 200, `the second took ${second} ms`);
  assert.ok(first < second, `the first took ${first} ms`);
});

test("wrong answers are the worst of all matches, not of the first few", () => {
  const ids = (/** @type {typeof search} */ ranked) => ranked("x", 2).map(({ id }) => id);
  assert.deepEqual(ids(createFaults({ fault: "answers", share: 0.3 }).around(search)), ["c", "b"]);
  assert.deepEqual(ids(createFaults({ fault: "none", share: 0.3 }).around(search)), ["a", "b"]);
});

test("settings are read from the environment and checked", () => {
  assert.deepEqual(readConfig({}), {
    host: "127.0.0.1",
    port: 8080,
    index: "build/index.json",
    fault: "none",
    share: 0.3,
    level: "info",
  });
  assert.equal(readConfig({ PORT: "0" }).port, 0);
  assert.throws(() => readConfig({ PORT: "http" }), /PORT must be a whole number/);
  assert.throws(() => readConfig({ BREAK: "everything" }), /BREAK must be one of none, latency/);
  assert.throws(() => readConfig({ BREAK_SHARE: "30" }), /BREAK_SHARE must be a number from 0 to 1/);
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { evaluate, indexSubject } from "../../scripts/evaluate.mjs";
import { readDataset } from "../../scripts/lib/dataset.mjs";
import { smoke } from "../../scripts/smoke.mjs";
import { sendTraffic } from "../../scripts/traffic.mjs";
import { builtIndex, runScript, start, startService, stop, wholeFile } from "../support/service.mjs";

const file = wholeFile();
/** @type {Awaited<ReturnType<typeof builtIndex>>} */
let index;
/** @type {string} a service that is all right */
let url;

before(async () => {
  index = await builtIndex(file);
  url = (await startService(file, { INDEX: index.path })).url;
});

test("the index is built with the same bytes again, and its version is printed", async () => {
  const out = join(index.folder, "again", "index.json");
  const { code, stdout } = await runScript("service/build-index.mjs", ["--docs", "docs", "--out", out]);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).version, index.version);
  assert.equal(JSON.parse(stdout).documents, 60);
  assert.deepEqual(await readFile(out), await readFile(index.path));
});

test("an evaluation over the network says the same as one of the index", async () => {
  const out = join(index.folder, "reports", "evaluation.json");
  const served = await runScript("scripts/evaluate.mjs", ["--url", url, "--out", out]);
  assert.equal(served.code, 0, served.stderr);
  const report = JSON.parse(await readFile(out, "utf8"));
  assert.deepEqual(report, await evaluate(await indexSubject(index.path), await readDataset()));
  assert.deepEqual(JSON.parse(served.stdout), { ...report, misses: report.misses.length });
  assert.equal(report.version, index.version);
  assert.ok(report.hitRateAt5 >= 0.9, `hit rate ${report.hitRateAt5}`);
  assert.ok(report.mrr >= 0.8, `mrr ${report.mrr}`);
});

test("an evaluation that gets errors fails and leaves no report, not even an old one", async (t) => {
  const { url } = await startService(t, { INDEX: index.path, BREAK: "errors" });
  const out = join(index.folder, "old.json");
  await writeFile(out, "{}");
  const { code, stderr } = await runScript("scripts/evaluate.mjs", ["--url", url, "--out", out]);
  assert.equal(code, 1);
  assert.match(stderr, /answered 500/);
  await assert.rejects(stat(out), { code: "ENOENT" });
});

test("the smoke test passes on a good service and fails on a bad ranking or another version", async (t) => {
  const bad = await startService(t, { INDEX: index.path, BREAK: "answers" });
  assert.equal(await smoke(url, index.version), index.version);
  await assert.rejects(smoke(url, "sha256:0"), /runs sha256:[0-9a-f]+, not sha256:0/);
  const { code, stderr } = await runScript("scripts/smoke.mjs", [bad.url]);
  assert.equal(code, 1);
  assert.match(stderr, /was answered from/);
});

test("traffic keeps its rate, counts errors, and sums up on SIGTERM", async (t) => {
  const { url } = await startService(t, { INDEX: index.path, BREAK: "errors" });
  const { child, nextLine } = start("scripts/traffic.mjs", ["--rps", "50"], { TARGET_URL: url });
  t.after(() => stop(child));
  const second = await nextLine(/^1 s: /);
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const summary = await nextLine(/in all: /);
  assert.deepEqual(await exit, [0, null]);
  const [, requests, errors] = /(\d+) requests, (\d+) errors \(\d+ x 500\)/.exec(summary) ?? [];
  assert.ok(Number(requests) >= 25, second);
  assert.equal(Number(errors), Math.floor(Number(requests) * 0.3));
});

test("traffic goes to this machine only", async () => {
  const options = { rps: 1, concurrency: 1, questions: ["Dogs?"], report: () => {} };
  for (const host of ["192.0.2.1", "localhost.example.org", "127.example.org"]) {
    const sending = sendTraffic({ ...options, url: `http://${host}`, signal: AbortSignal.abort() });
    await assert.rejects(sending, /this machine only/);
  }
  for (const host of ["localhost:9", "127.0.0.1:9", "[::1]:9"]) {
    await sendTraffic({ ...options, url: `http://${host}`, signal: AbortSignal.abort() });
  }
});

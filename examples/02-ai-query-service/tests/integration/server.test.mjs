import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { before, test } from "node:test";
import { createApp } from "../../service/app.mjs";
import { createFaults } from "../../service/faults.mjs";
import { buildIndex } from "../../service/index/build.mjs";
import { createLog } from "../../service/log.mjs";
import { builtIndex, json, post, runScript, startService, wholeFile } from "../support/service.mjs";

const file = wholeFile();
/** @type {Awaited<ReturnType<typeof builtIndex>>} */
let index;
/** @type {string} the service that most tests ask */
let url;

before(async () => {
  index = await builtIndex(file);
  url = (await startService(file, { INDEX: index.path })).url;
});

test("a question is answered with sources and the version", async () => {
  const response = await post(url, { question: "Do dogs travel free?" });
  assert.equal(response.status, 200);
  const { answer, sources, version } = await json(response);
  assert.match(answer, /^Dogs travel free on a lead/);
  assert.equal(sources[0].id, "pets");
  assert.equal(sources[0].title, "Pets");
  assert.ok(sources.length <= 5 && sources[0].score >= sources[1].score);
  assert.equal(version, index.version);
  assert.deepEqual(await json(await fetch(`${url}/version`)), { version, documents: 60 });
  assert.deepEqual(await json(await fetch(`${url}/healthz`)), { status: "ok", version });
});

test("a question about nothing has no answer", async () => {
  const { answer, sources } = await json(await post(url, { question: "Zzyzx?" }));
  assert.deepEqual({ answer, sources }, { answer: null, sources: [] });
});

test("requests that are wrong are refused, and say why", async () => {
  const statuses = await Promise.all(
    [
      post(url, "{"),
      post(url, "null"),
      post(url, { question: " " }),
      post(url, { question: 7 }),
      post(url, { question: "x".repeat(501) }),
      post(url, { question: "x".repeat(9000) }),
      post(url, "question", { "content-type": "text/plain" }),
      fetch(`${url}/query`),
      fetch(`${url}/constructor`),
    ].map(async (answer) => {
      const response = await answer;
      assert.equal(typeof (await json(response)).error, "string");
      return response.status;
    }),
  );
  assert.deepEqual(statuses, [400, 400, 400, 400, 400, 413, 415, 405, 404]);
  assert.equal((await post(url, { question: "Do dogs travel free?" })).status, 200);
});

/**
 * The service in this process, without an index.
 *
 * @param {{ after(done: () => void): void }} t
 * @param {import("../../service/faults.mjs").Faults} faults
 */
async function startApp(t, faults) {
  const app = createApp({ log: createLog("info", { write: () => true }), faults });
  app.server.listen(0, "127.0.0.1");
  await once(app.server, "listening");
  t.after(() => {
    app.server.close();
    app.server.closeAllConnections();
  });
  const address = app.server.address();
  return { ...app, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}` };
}

test("the service is healthy when it has an index, and not before", async (t) => {
  const { url, ready, drain } = await startApp(t, createFaults({ fault: "none", share: 0 }));
  assert.equal((await fetch(`${url}/healthz`)).status, 503);
  assert.equal((await post(url, { question: "Dogs?" })).status, 503);
  ready(buildIndex([{ id: "a", title: "Dogs", body: "Dogs." }]));
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  await drain();
  await assert.rejects(fetch(`${url}/healthz`));
});

test("a query that is under way when the service drains is answered", async (t) => {
  const gate = new EventEmitter();
  const arrived = once(gate, "arrived");
  const { url, ready, drain } = await startApp(t, {
    before: async () => {
      gate.emit("arrived");
      await once(gate, "open");
    },
    around: (search) => search,
  });
  ready(buildIndex([{ id: "a", title: "Dogs", body: "Dogs." }]));
  const answer = post(url, { question: "Dogs?" });
  await arrived;
  const drained = drain();
  await assert.rejects(fetch(`${url}/healthz`));
  gate.emit("open");
  const response = await answer;
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("connection"), "close");
  assert.equal((await json(response)).sources[0].id, "a");
  await drained;
});

test("SIGTERM ends the process with 0, though a client keeps its connection", async (t) => {
  const { url, child, nextLine } = await startService(t, { INDEX: index.path });
  await json(await fetch(`${url}/version`));
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await nextLine(/"stopped"/);
  assert.deepEqual(await exit, [0, null]);
});

test("the log has no questions at level info, and has them at debug", async (t) => {
  for (const level of ["info", "debug"]) {
    const service = await startService(t, { INDEX: index.path, LOG_LEVEL: level });
    await post(service.url, { question: "Do purple dogs travel free?" });
    await service.nextLine(/"\/query"/);
    const entries = service.log();
    assert.equal(JSON.stringify(entries).includes("purple"), level === "debug");
    const request = entries.find(({ event }) => event === "request");
    assert.equal(request.status, 200);
    assert.equal(typeof request.ms, "number");
  }
});

test("BREAK=errors fails three queries in ten and leaves the health check alone", async (t) => {
  const { url } = await startService(t, { INDEX: index.path, BREAK: "errors" });
  let failures = 0;
  for (let i = 0; i < 20; i += 1) {
    const response = await post(url, { question: "Do dogs travel free?" });
    await response.arrayBuffer();
    if (response.status === 500) failures += 1;
  }
  assert.equal(failures, 6);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test("a wrong setting and a missing index end the process with a message", async () => {
  const wrong = await runScript("service/server.mjs", [], { PORT: "0", BREAK: "all" });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /^BREAK must be one of/);
  const missing = await runScript("service/server.mjs", [], { PORT: "0", INDEX: "no/such/index.json" });
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /no\/such\/index\.json/);
});

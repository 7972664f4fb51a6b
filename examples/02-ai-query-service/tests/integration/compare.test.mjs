import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { before, test } from "node:test";
import { pairedScores } from "../../scripts/compare.mjs";
import { mean } from "../../scripts/lib/scores.mjs";
import { builtIndex, runScript, startService, wholeFile } from "../support/service.mjs";

const file = wholeFile();
/** @type {Awaited<ReturnType<typeof builtIndex>>} */
let index;
/** @type {string} URL of a service that is all right */
let stable;

before(async () => {
  index = await builtIndex(file);
  stable = (await startService(file, { INDEX: index.path })).url;
});

/**
 * A proxy that chooses by header, as the one in front of a release does; without a header it refuses.
 *
 * @param {{ after(done: () => void): void }} t
 * @param {Record<string, string>} sides
 */
async function startProxy(t, sides) {
  const server = createServer((incoming, outgoing) => {
    const target = sides[String(incoming.headers["x-sluice-side"])];
    if (target === undefined) return void outgoing.writeHead(404).end();
    const forward = request(`${target}${incoming.url}`, {
      method: incoming.method,
      headers: incoming.headers,
    });
    forward.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forward.on("error", () => outgoing.writeHead(502).end());
    incoming.pipe(forward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

test("paired scores show the worse side", async (t) => {
  const candidate = (await startService(t, { INDEX: index.path, BREAK: "answers" })).url;
  const url = await startProxy(t, { stable, candidate });
  const pairs = await pairedScores(url, { sample: 40 });
  assert.equal(pairs.length, 40);
  assert.equal(new Set(pairs.map(({ question }) => question)).size, 40);
  assert.ok(pairs.every((pair) => [pair.stable, pair.candidate].every((score) => score >= 0 && score <= 1)));
  const [good, bad] = [mean(pairs.map((pair) => pair.stable)), mean(pairs.map((pair) => pair.candidate))];
  assert.ok(good > bad + 0.4, `stable ${good}, candidate ${bad}`);

  const { code, stdout } = await runScript("scripts/compare.mjs", [url, "--sample", "5"]);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).compared, 5);
});

test("pairs without an answer on one side are left out", async (t) => {
  const candidate = (await startService(t, { INDEX: index.path, BREAK: "errors", BREAK_SHARE: "0.5" })).url;
  const url = await startProxy(t, { stable, candidate });
  const pairs = await pairedScores(url, { sample: 10, random: () => 0 });
  assert.equal(pairs.length, 5);
  assert.ok(pairs.every((pair) => pair.stable === pair.candidate));

  const alone = await startProxy(t, { stable });
  assert.deepEqual(await pairedScores(alone, { sample: 3 }), []);
  await assert.rejects(pairedScores(alone, { signal: AbortSignal.abort() }), { name: "AbortError" });
});

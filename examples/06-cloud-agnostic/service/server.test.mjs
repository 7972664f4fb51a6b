import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { createGreeter } from "./server.mjs";

test("greets by the word that it was given", async () => {
  const server = createGreeter("servus").listen(0, "127.0.0.1");
  await once(server, "listening");
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/there`);
  assert.equal(await answer.text(), "servus from /there\n");
  server.close();
});

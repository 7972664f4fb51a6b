/**
 * A process of its own that sends and fetches a blob, and says how much memory that took: `big-blob.ts URL FILE STATE_DIR`.
 * Prints `{ before, after, same }`: the memory used, in bytes, before and at most, and whether the blob came back as it was.
 */
import { createHash } from "node:crypto";
import { createReadStream, openAsBlob } from "node:fs";
import { turborepo } from "../../../src/cache/remote/turborepo.ts";

const [url = "", file = "", stateDir = ""] = process.argv.slice(2);
const key = "b1".repeat(32);
const cache = await turborepo({ url, teamId: "team_lab" }).open({
  root: stateDir,
  stateDir,
  env: process.env,
});

await cache.put("a1".repeat(32), new Blob(["warm"]), { took: 0 });
// What the system says was the most counts what the process that started this one had, so it is watched here.
const before = process.memoryUsage.rss();
let after = before;
const watch = setInterval(() => (after = Math.max(after, process.memoryUsage.rss())), 5);
await cache.put(key, await openAsBlob(file), { took: 1 });
const sent = await sumOf(createReadStream(file));
const came = await sumOf((await cache.get(key)) ?? []);
clearInterval(watch);
console.log(JSON.stringify({ before, after, same: sent === came }));

async function sumOf(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const sum = createHash("sha256");
  for await (const chunk of chunks) sum.update(chunk);
  return sum.digest("hex");
}

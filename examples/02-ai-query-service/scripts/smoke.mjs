// Asks a running service three questions and checks what it says:
//   node scripts/smoke.mjs URL [--version sha256:...]
import { parseArgs } from "node:util";
import { isEntry, run } from "./lib/cli.mjs";
import { ask, version } from "./lib/client.mjs";

/** Easy ones: a service that misses these is broken, not merely worse. */
const CHECKS = [
  { question: "Do dogs travel free?", id: "pets", says: /dogs travel free/i },
  { question: "When does the bar stop serving?", id: "alcohol-passengers", says: /thirty minutes/i },
  { question: "What does the annual season pass cost?", id: "season-passes", says: /ten months/i },
];

/**
 * @param {string} url
 * @param {string} [expected] version that must be running
 * @returns {Promise<string>} the version that answered
 */
export async function smoke(url, expected) {
  const running = (await version(url)).version;
  if (expected !== undefined && running !== expected) {
    throw new Error(`${url} runs ${running}, not ${expected}`);
  }
  for (const { question, id, says } of CHECKS) {
    const result = await ask(url, question);
    if (result.version !== running) throw new Error(`"${question}" was answered by ${result.version}`);
    const first = result.sources[0]?.id;
    if (first !== id)
      throw new Error(`"${question}" was answered from ${first ?? "nothing"}, not from ${id}`);
    if (!says.test(result.answer ?? ""))
      throw new Error(`"${question}" got a useless answer: ${result.answer}`);
  }
  return running;
}

if (isEntry(import.meta.url)) {
  await run(async () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { version: { type: "string" } },
    });
    const url = positionals[0] ?? process.env.TARGET_URL;
    if (url === undefined) throw new Error("give the URL of the service");
    const running = await smoke(url, values.version);
    process.stdout.write(`${CHECKS.length} answers are right, version ${running}\n`);
  });
}

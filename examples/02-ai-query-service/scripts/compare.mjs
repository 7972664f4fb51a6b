// Asks both sides of a release the same questions, through the proxy that splits the traffic between them:
//   node scripts/compare.mjs http://127.0.0.1:8080 --sample 20
import { parseArgs } from "node:util";
import { isEntry, run } from "./lib/cli.mjs";
import { AnswerError, ask } from "./lib/client.mjs";
import { DATASET, readDataset } from "./lib/dataset.mjs";
import { mapLimited } from "./lib/pool.mjs";
import { mean, reciprocalRank, round } from "./lib/scores.mjs";

/** @type {typeof import("./compare.mjs").pairedScores} */
export async function pairedScores(
  url,
  { sample = 20, signal, dataset = DATASET, random = Math.random } = {},
) {
  const cases = draw(await readDataset(dataset), sample, random);
  const pairs = await mapLimited(cases, 4, async ({ question, relevant }) => {
    signal?.throwIfAborted();
    const [stable, candidate] = await Promise.all(
      /** @type {const} */ (["stable", "candidate"]).map(async (side) => {
        const at = typeof url === "string" ? url : url[side];
        const sources = await sourcesOf(at, question, side, signal);
        return sources === undefined ? undefined : reciprocalRank(relevant, sources);
      }),
    );
    return stable === undefined || candidate === undefined ? [] : [{ question, stable, candidate }];
  });
  return pairs.flat();
}

/**
 * @param {string} url
 * @param {string} question
 * @param {"stable" | "candidate"} side
 * @param {AbortSignal | undefined} signal
 */
async function sourcesOf(url, question, side, signal) {
  try {
    const options = signal === undefined ? { side } : { side, signal };
    return (await ask(url, question, options)).sources;
  } catch (error) {
    if (error instanceof AnswerError) return undefined;
    throw error;
  }
}

/**
 * `count` different items, or all where there are fewer.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {number} count
 * @param {() => number} random
 */
function draw(items, count, random) {
  const left = [...items];
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(Math.floor(random() * left.length), 1)[0],
  ).filter((item) => item !== undefined);
}

if (isEntry(import.meta.url)) {
  await run(async () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { sample: { type: "string", default: "20" } },
    });
    const url = positionals[0] ?? process.env.TARGET_URL;
    if (url === undefined) throw new Error("give the URL of the proxy");
    const sample = Number(values.sample);
    if (!Number.isInteger(sample) || sample < 1) throw new Error("--sample must be at least 1");
    const pairs = await pairedScores(url, { sample });
    if (pairs.length === 0) throw new Error(`${url}: no question was answered by both sides`);
    const stable = round(mean(pairs.map((pair) => pair.stable)));
    const candidate = round(mean(pairs.map((pair) => pair.candidate)));
    process.stdout.write(
      `${JSON.stringify({ asked: sample, compared: pairs.length, stable, candidate, pairs })}\n`,
    );
  });
}

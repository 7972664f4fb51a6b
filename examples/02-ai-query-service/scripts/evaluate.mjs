// Measures how well the service finds documents, over the network or straight from an index:
//   node scripts/evaluate.mjs --url http://127.0.0.1:8080 --out reports/evaluation.json
//   node scripts/evaluate.mjs --index build/index.json
// It only measures: what is good enough is for the pipeline's gate to say. A question that gets no answer,
// for example an HTTP 500, ends it with exit code 1 and no report.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { createSearch } from "../service/index/search.mjs";
import { readIndex } from "../service/index/store.mjs";
import { isEntry, run } from "./lib/cli.mjs";
import { ask } from "./lib/client.mjs";
import { DATASET, readDataset } from "./lib/dataset.mjs";
import { mapLimited } from "./lib/pool.mjs";
import { mean, reciprocalRank, round } from "./lib/scores.mjs";

const AT = 5;

/**
 * Answers with sources and the version of the index they came from.
 *
 * @typedef {(question: string) => Promise<{ sources: { id: string }[], version: string }>} Subject
 */

/**
 * Hit rate (a relevant document among the first five) and mean reciprocal rank (of the first five).
 *
 * @param {Subject} subject
 * @param {readonly import("./lib/dataset.mjs").Case[]} cases
 */
export async function evaluate(subject, cases) {
  const results = await mapLimited(cases, 8, async ({ question, relevant }) => {
    const { sources, version } = await subject(question);
    const first = sources.slice(0, AT);
    return {
      question,
      relevant,
      version,
      found: first.map(({ id }) => id),
      score: reciprocalRank(relevant, first),
    };
  });
  const versions = [...new Set(results.map(({ version }) => version))];
  if (versions.length > 1) throw new Error(`the answers came from several versions: ${versions.join(", ")}`);
  return {
    questions: results.length,
    hitRateAt5: round(mean(results.map(({ score }) => (score > 0 ? 1 : 0)))),
    mrr: round(mean(results.map(({ score }) => score))),
    version: versions[0],
    misses: results
      .filter(({ score }) => score === 0)
      .map(({ question, relevant, found }) => ({ question, relevant, found })),
  };
}

/**
 * @param {string} path
 * @returns {Promise<Subject>}
 */
export async function indexSubject(path) {
  const index = await readIndex(path);
  const search = createSearch(index);
  return (question) => Promise.resolve({ sources: search(question, AT), version: index.version });
}

async function main() {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      index: { type: "string" },
      dataset: { type: "string", default: DATASET },
      out: { type: "string" },
    },
  });
  const { url, index, dataset, out } = values;
  if ((url === undefined) === (index === undefined)) throw new Error("give either --url or --index");
  // Whatever happens now, a report of an earlier run must not be taken for this one's.
  if (out !== undefined) await rm(out, { force: true });
  const subject =
    url === undefined
      ? await indexSubject(index ?? "")
      : (/** @type {string} */ question) => ask(url, question);
  const report = await evaluate(subject, await readDataset(dataset));
  if (out !== undefined) {
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify(report, null, 2)}\n`);
  }
  const { misses, ...figures } = report;
  process.stdout.write(`${JSON.stringify({ ...figures, misses: misses.length })}\n`);
}

if (isEntry(import.meta.url)) await run(main);

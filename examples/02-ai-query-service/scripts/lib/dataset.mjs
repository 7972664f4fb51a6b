import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** @typedef {{ question: string, relevant: string[] }} Case `relevant`: ids of documents that answer */

/** The dataset that ships with the service. */
export const DATASET = fileURLToPath(new URL("../../evals/questions.jsonl", import.meta.url));

/**
 * Reads a dataset: one JSON object a line.
 *
 * @param {string} [path]
 * @returns {Promise<Case[]>}
 */
export async function readDataset(path = DATASET) {
  const lines = (await readFile(path, "utf8")).split("\n");
  const cases = lines.flatMap((line, i) => (line.trim() === "" ? [] : [parseCase(line, `${path}:${i + 1}`)]));
  if (cases.length === 0) throw new Error(`${path}: no questions`);
  return cases;
}

/**
 * @param {string} line
 * @param {string} place named in errors
 * @returns {Case}
 */
export function parseCase(line, place) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`${place}: not JSON`);
  }
  const { question, relevant } = /** @type {Partial<Case>} */ (value ?? {});
  if (typeof question !== "string" || question.trim() === "") throw new Error(`${place}: no question`);
  if (!Array.isArray(relevant) || relevant.length === 0 || relevant.some((id) => typeof id !== "string")) {
    throw new Error(`${place}: relevant must be a list of document ids with at least one in it`);
  }
  return { question, relevant };
}

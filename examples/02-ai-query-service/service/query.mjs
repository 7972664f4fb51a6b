import { HttpError } from "./http.mjs";
import { createAnswer } from "./index/answer.mjs";
import { createSearch } from "./index/search.mjs";

const SOURCES = 5;
const MAX_QUESTION = 500;

/**
 * @typedef {object} QueryResult
 * @property {string | null} answer null where no document has a word of the question
 * @property {import("./index/search.mjs").Source[]} sources
 * @property {string} version of the index
 */

/**
 * Answers questions from an index: the best sentences of the best document, and up to five sources.
 *
 * @param {import("./index/build.mjs").Index} index
 * @param {import("./faults.mjs").Faults} faults
 * @returns {(question: string) => Promise<QueryResult>}
 */
export function createQuery(index, faults) {
  const search = faults.around(createSearch(index));
  const answer = createAnswer(index);
  return async (question) => {
    await faults.before();
    const sources = search(question, SOURCES);
    const top = sources[0];
    return {
      answer: top === undefined ? null : answer(question, top.id),
      sources,
      version: index.version,
    };
  };
}

/**
 * The question of a request's body.
 *
 * @param {unknown} body
 * @returns {string}
 */
export function questionOf(body) {
  const question =
    typeof body === "object" && body !== null && "question" in body ? body.question : undefined;
  if (typeof question !== "string" || question.trim() === "") {
    throw new HttpError(400, 'send {"question": "..."} with a text');
  }
  if (question.length > MAX_QUESTION) {
    throw new HttpError(400, `a question has at most ${MAX_QUESTION} characters`);
  }
  return question.trim();
}

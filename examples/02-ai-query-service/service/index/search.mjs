import { tokenize } from "./tokenize.mjs";

/**
 * How fast more of the same word stops counting, and how much a long document is held back: the usual
 * values.
 */
const K1 = 1.2;
const B = 0.75;

/**
 * @typedef {object} Source
 * @property {string} id
 * @property {string} title
 * @property {number} score
 */

/**
 * Best first; documents without a match are left out.
 *
 * @typedef {(question: string, limit: number) => Source[]} Search
 */

/**
 * Ranks documents by BM25 (Robertson & Zaragoza, "The Probabilistic Relevance Framework", 2009).
 *
 * @param {import("./build.mjs").Index} index
 * @returns {Search}
 */
export function createSearch({ documents, terms }) {
  const total = documents.reduce((sum, document) => sum + document.length, 0);
  const average = total / documents.length;
  const postings = new Map(Object.entries(terms));

  return (question, limit) => {
    /** @type {Map<number, number>} */
    const scores = new Map();
    for (const term of new Set(tokenize(question))) {
      const list = postings.get(term) ?? [];
      const rarity = inverseFrequency(documents.length, list.length);
      for (const [number, frequency] of list) {
        const length = (documents[number]?.length ?? average) / average;
        const gain = (frequency * (K1 + 1)) / (frequency + K1 * (1 - B + B * length));
        scores.set(number, (scores.get(number) ?? 0) + rarity * gain);
      }
    }
    // Documents are numbered by id, so equal scores come in a fixed order.
    const ranking = [...scores].sort(([a, x], [b, y]) => y - x || a - b).slice(0, limit);
    return ranking.flatMap(([number, score]) => {
      const document = documents[number];
      return document === undefined
        ? []
        : [{ id: document.id, title: document.title, score: Math.round(score * 1000) / 1000 }];
    });
  };
}

/**
 * How much a term that `matches` of all documents contain says: never negative.
 *
 * @param {number} all
 * @param {number} matches
 */
export function inverseFrequency(all, matches) {
  return Math.log(1 + (all - matches + 0.5) / (matches + 0.5));
}

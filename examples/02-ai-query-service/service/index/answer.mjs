import { inverseFrequency } from "./search.mjs";
import { tokenize } from "./tokenize.mjs";

const SENTENCES = 2;

/**
 * Makes answers of the sentences of one document that share most with the question, rare words first. The
 * sentences stay in the order of the document.
 *
 * @param {import("./build.mjs").Index} index
 * @returns {(question: string, id: string) => string}
 */
export function createAnswer({ documents, terms }) {
  const sentences = new Map(
    documents.map(({ id, sentences }) => [id, sentences.map((text) => ({ text, terms: tokenize(text) }))]),
  );
  const postings = new Map(Object.entries(terms));
  /** @param {string} term */
  const weight = (term) => inverseFrequency(documents.length, postings.get(term)?.length ?? 0);

  return (question, id) => {
    const asked = new Set(tokenize(question));
    const scored = (sentences.get(id) ?? []).map((sentence, position) => {
      const shared = new Set(sentence.terms.filter((term) => asked.has(term)));
      const sum = [...shared].reduce((total, term) => total + weight(term), 0);
      // The root keeps a long sentence from winning by its length alone.
      return { position, text: sentence.text, score: sum / Math.sqrt(sentence.terms.length + 1) };
    });
    const best = scored.sort((a, b) => b.score - a.score || a.position - b.position).slice(0, SENTENCES);
    const kept = best.filter(({ score }, rank) => rank === 0 || score > 0);
    return kept
      .sort((a, b) => a.position - b.position)
      .map(({ text }) => text)
      .join(" ");
  };
}

import { createHash } from "node:crypto";
import { sentencesOf } from "./documents.mjs";
import { tokenize } from "./tokenize.mjs";

/** A word of the title counts as often as this many in the body. */
const TITLE_WEIGHT = 3;

/**
 * @typedef {object} IndexedDocument
 * @property {string} id
 * @property {string} title
 * @property {number} length number of terms, the title's weighted
 * @property {string[]} sentences
 */

/**
 * What a search needs, and nothing else. `terms` maps a term to `[document number, frequency]` pairs.
 *
 * @typedef {object} IndexContent
 * @property {1} format
 * @property {IndexedDocument[]} documents
 * @property {Record<string, [number, number][]>} terms
 */

/** @typedef {IndexContent & { version: string }} Index `version` is the digest of the content */

/**
 * Builds the index. The same documents give the same index, byte for byte, whatever order they come in.
 *
 * @param {readonly import("./documents.mjs").Document[]} documents
 * @returns {Index}
 */
export function buildIndex(documents) {
  /** @type {Map<string, [number, number][]>} */
  const postings = new Map();
  const sorted = [...documents].sort((a, b) => (a.id < b.id ? -1 : 1));
  const indexed = sorted.map(({ id, title, body }, number) => {
    const sentences = sentencesOf(body);
    const frequencies = count(tokenize(title), tokenize(sentences.join(" ")));
    let length = 0;
    for (const [term, frequency] of frequencies) {
      length += frequency;
      const list = postings.get(term) ?? [];
      list.push([number, frequency]);
      postings.set(term, list);
    }
    return { id, title, length, sentences };
  });
  const terms = Object.fromEntries([...postings].sort(([a], [b]) => (a < b ? -1 : 1)));
  /** @type {IndexContent} */
  const content = { format: 1, documents: indexed, terms };
  return { ...content, version: digestOf(content) };
}

/**
 * `sha256:<hex>` of an index's content, without its version.
 *
 * @param {IndexContent} content
 */
export function digestOf({ format, documents, terms }) {
  const text = JSON.stringify({ format, documents, terms });
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/**
 * @param {readonly string[]} title
 * @param {readonly string[]} body
 */
function count(title, body) {
  /** @type {Map<string, number>} */
  const frequencies = new Map();
  for (const term of title) frequencies.set(term, (frequencies.get(term) ?? 0) + TITLE_WEIGHT);
  for (const term of body) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
  return frequencies;
}

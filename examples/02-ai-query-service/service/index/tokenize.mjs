import { stem } from "./stem.mjs";
import { canonical } from "./vocabulary.mjs";

/** Words that occur in every question and say nothing about what it asks for. */
const STOP_WORDS = new Set(
  `
  a about after all also am an and any anybody anyone are as at be been before being both but by can
  could did do does doing done during each everybody everyone for from get gets go goes going got had
  has have having he her here him his how i if in into is it its just let may me might mine must my no
  nobody nor not now of off on one only or other our out over own shall she should so some somebody
  someone than that the their them then there these they this those through to too under until up us
  very was we were what when where whether which while who whom whose why will with would you your
  `
    .trim()
    .split(/\s+/),
);

/**
 * Splits a text into index terms: lower case, without accents, stop words and single letters; words are
 * stemmed and numbers kept whole ("2.1").
 *
 * @param {string} text
 * @returns {string[]}
 */
export function tokenize(text) {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/['’]s?\b/g, "");
  const words = plain.match(/\d+(?:\.\d+)?|[a-z]+/g) ?? [];
  return words
    .filter((word) => !STOP_WORDS.has(word) && !/^[a-z]$/.test(word))
    .map((word) => (/^\d/.test(word) ? word : canonical(stem(word))));
}

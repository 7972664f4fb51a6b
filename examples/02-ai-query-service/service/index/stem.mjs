const VOWEL = /[aeiouy]/;
const DOUBLED = /([bdfgmnprt])\1$/;

/**
 * Reduces an English word to a stem, so that "ships", "shipping" and "shipped" are one term. A light
 * stemmer: it takes off plural, -ing, -ed, -ly and a final e, and leaves everything else alone. Stems need
 * not be words.
 *
 * @param {string} word lower case, letters only
 * @returns {string}
 */
export function stem(word) {
  if (word.length < 4) return word;
  return withoutEnding(withoutVerbForm(withoutPlural(word)));
}

/** @param {string} word */
function withoutPlural(word) {
  if (word.endsWith("ies") && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x)es$/.test(word)) return word.slice(0, -2);
  if (/[^siu]s$/.test(word)) return word.slice(0, -1);
  return word;
}

/** @param {string} word */
function withoutVerbForm(word) {
  const suffix = ["ing", "ed"].find((candidate) => word.endsWith(candidate));
  if (suffix === undefined) return word;
  const rest = word.slice(0, -suffix.length);
  if (rest.length < 3 || !VOWEL.test(rest)) return word;
  if (rest.endsWith("i")) return `${rest.slice(0, -1)}y`;
  return DOUBLED.test(rest) ? rest.slice(0, -1) : rest;
}

/** @param {string} word */
function withoutEnding(word) {
  if (word.endsWith("ly") && word.length > 5) return word.slice(0, -2);
  return word.endsWith("e") && word.length > 3 ? word.slice(0, -1) : word;
}

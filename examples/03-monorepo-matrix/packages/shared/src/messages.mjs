/** @type {Record<import("./locale.mjs").Locale, Record<string, string>>} */
export const MESSAGES = {
  en: { total: "Total", empty: "Your basket is empty", unknown: "There is no article {id}" },
  de: { total: "Summe", empty: "Der Warenkorb ist leer", unknown: "Es gibt keinen Artikel {id}" },
};

/**
 * A text in a locale, with its `{placeholders}` filled in.
 *
 * @param {string} key
 * @param {import("./locale.mjs").Locale} locale
 * @param {Record<string, string>} [values]
 */
export function message(key, locale, values = {}) {
  const text = MESSAGES[locale][key];
  if (text === undefined) throw new Error(`no message ${key} in ${locale}`);
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder);
}

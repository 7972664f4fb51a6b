/**
 * An amount as people of a locale write it: "€1,234.50" or "1.234,50 €".
 *
 * @param {number} cents
 * @param {import("./locale.mjs").Locale} locale
 */
export function formatMoney(cents, locale) {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency: "EUR" });
  return format.format(cents / 100).replace("\u00a0", " ");
}

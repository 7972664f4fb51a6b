import { message } from "../../shared/src/messages.mjs";
import { formatMoney } from "../../shared/src/money.mjs";

/** Prices in cents. */
const ARTICLES = new Map([
  ["tea", 450],
  ["kettle", 129_900],
]);

/**
 * Adds up a basket. An article that does not exist gives status 404 and a text for people.
 *
 * @param {readonly string[]} ids
 * @param {import("../../shared/src/locale.mjs").Locale} locale
 */
export function priceBasket(ids, locale) {
  let cents = 0;
  for (const id of ids) {
    const price = ARTICLES.get(id);
    if (price === undefined) return { status: 404, error: message("unknown", locale, { id }) };
    cents += price;
  }
  return { status: 200, cents, total: formatMoney(cents, locale) };
}

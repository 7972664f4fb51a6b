import { message } from "../../shared/src/messages.mjs";
import { formatMoney } from "../../shared/src/money.mjs";

/**
 * A basket as HTML.
 *
 * @param {readonly { name: string, cents: number }[]} items
 * @param {import("../../shared/src/locale.mjs").Locale} locale
 */
export function basketPage(items, locale) {
  if (items.length === 0) return `<p lang="${locale}">${message("empty", locale)}</p>`;
  const rows = items.map(({ name, cents }) => `<li>${escapeHtml(name)}: ${formatMoney(cents, locale)}</li>`);
  const sum = items.reduce((total, { cents }) => total + cents, 0);
  const total = `${message("total", locale)}: ${formatMoney(sum, locale)}`;
  return `<ul lang="${locale}">${rows.join("")}</ul><p>${total}</p>`;
}

/** @param {string} text */
function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

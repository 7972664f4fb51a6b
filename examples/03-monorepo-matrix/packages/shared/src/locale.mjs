/** @typedef {"en" | "de"} Locale */

/** @type {readonly Locale[]} */
export const LOCALES = ["en", "de"];

/**
 * The locale that a process runs in: APP_LOCALE, or English.
 *
 * @param {Record<string, string | undefined>} env
 * @returns {Locale}
 */
export function localeOf(env) {
  const name = env.APP_LOCALE ?? "en";
  const locale = LOCALES.find((candidate) => candidate === name);
  if (locale === undefined) throw new Error(`APP_LOCALE must be one of ${LOCALES.join(", ")}, not ${name}`);
  return locale;
}

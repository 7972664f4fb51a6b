import assert from "node:assert/strict";
import { test } from "node:test";
import { localeOf } from "../src/locale.mjs";
import { message, MESSAGES } from "../src/messages.mjs";
import { formatMoney } from "../src/money.mjs";

const locale = localeOf(process.env);

test(`money is written as in ${locale}`, () => {
  const expected = { en: "€1,234.50", de: "1.234,50 €" };
  assert.equal(formatMoney(123_450, locale), expected[locale]);
});

test(`every message exists in ${locale}`, () => {
  const keys = Object.keys(MESSAGES.en);
  assert.deepEqual(Object.keys(MESSAGES[locale]), keys);
  for (const key of keys) assert.notEqual(message(key, locale), "");
});

test("placeholders are filled in, and an unknown message is an error", () => {
  assert.match(message("unknown", locale, { id: "a7" }), / a7$/);
  assert.throws(() => message("nothing", locale), /no message nothing/);
});

test("another locale is refused", () => {
  assert.equal(localeOf({}), "en");
  assert.throws(() => localeOf({ APP_LOCALE: "xx" }), /one of en, de, not xx/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { localeOf } from "../../shared/src/locale.mjs";
import { basketPage } from "../src/page.mjs";

const locale = localeOf(process.env);

test(`a basket is shown in ${locale}`, () => {
  const expected = {
    en: '<ul lang="en"><li>Tea: €4.50</li><li>Cup: €8.00</li></ul><p>Total: €12.50</p>',
    de: '<ul lang="de"><li>Tea: 4,50 €</li><li>Cup: 8,00 €</li></ul><p>Summe: 12,50 €</p>',
  };
  const items = [
    { name: "Tea", cents: 450 },
    { name: "Cup", cents: 800 },
  ];
  assert.equal(basketPage(items, locale), expected[locale]);
});

test(`an empty basket says so in ${locale}`, () => {
  const text = { en: "Your basket is empty", de: "Der Warenkorb ist leer" }[locale];
  assert.equal(basketPage([], locale), `<p lang="${locale}">${text}</p>`);
});

test("names cannot bring markup with them", () => {
  assert.ok(!basketPage([{ name: "<script>", cents: 1 }], locale).includes("<script>"));
});

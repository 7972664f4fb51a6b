import assert from "node:assert/strict";
import { test } from "node:test";
import { localeOf } from "../../shared/src/locale.mjs";
import { priceBasket } from "../src/basket.mjs";

const locale = localeOf(process.env);

test(`a basket has a total in ${locale}`, () => {
  const total = { en: "€1,303.50", de: "1.303,50 €" }[locale];
  assert.deepEqual(priceBasket(["tea", "kettle"], locale), { status: 200, cents: 130_350, total });
});

test(`an unknown article is explained in ${locale}`, () => {
  const error = { en: "There is no article cup", de: "Es gibt keinen Artikel cup" }[locale];
  assert.deepEqual(priceBasket(["tea", "cup"], locale), { status: 404, error });
});

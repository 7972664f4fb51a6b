import assert from "node:assert/strict";
import { test } from "node:test";
import { stem } from "../../service/index/stem.mjs";
import { tokenize } from "../../service/index/tokenize.mjs";
import { canonical } from "../../service/index/vocabulary.mjs";

test("forms of one word have one stem", () => {
  const families = [
    ["ship", "ships", "shipping", "shipped"],
    ["carry", "carries", "carried", "carrying"],
    ["refuse", "refused", "refusing", "refuses"],
    ["close", "closes", "closed", "closing"],
    ["search", "searches", "searched"],
    ["glass", "glasses"],
    ["week", "weekly", "weeks"],
  ];
  for (const family of families) assert.deepEqual(new Set(family.map(stem)).size, 1, family.join(" "));
});

test("words that only look like forms are left alone", () => {
  for (const word of ["ring", "bus", "red", "gas", "less", "need", "radius"]) assert.equal(stem(word), word);
  assert.notEqual(stem("ship"), stem("shop"));
});

test("text becomes lower-case terms without stop words, accents and single letters", () => {
  assert.deepEqual(tokenize("What is the CAFÉ's menu?"), ["caf", "menu"]);
  assert.deepEqual(tokenize("an e-scooter"), ["scooter"]);
  assert.deepEqual(tokenize("Is it? No."), []);
});

test("numbers are kept whole", () => {
  assert.deepEqual(tokenize("below 2.1 metres on channel 16."), ["below", "2.1", "metr", "channel", "16"]);
});

test("words of one group are one term, in every form", () => {
  assert.deepEqual(tokenize("boats"), tokenize("ship"));
  assert.deepEqual(tokenize("Vehicles"), tokenize("car"));
  assert.equal(canonical("lighthous"), "lighthous");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDocument, sentencesOf } from "../../service/index/documents.mjs";

test("front matter gives id and title, the rest is the body", () => {
  const document = parseDocument("---\nid: pets\ntitle: Pets: dogs and others\n---\n\nDogs.\n", "pets.md");
  assert.deepEqual(document, { id: "pets", title: "Pets: dogs and others", body: "Dogs." });
});

test("line ends of other systems are understood", () => {
  assert.equal(parseDocument("---\r\nid: a\r\ntitle: A\r\n---\r\nText\r\n", "a.md").body, "Text");
});

test("a file without front matter, or without a title in it, is named in the error", () => {
  assert.throws(() => parseDocument("Dogs.", "docs/pets.md"), /docs\/pets\.md: no front matter/);
  assert.throws(() => parseDocument("---\nid: pets\n---\n", "docs/pets.md"), /needs an id and a title/);
});

test("sentences are plain text, whole, and in order", () => {
  const body =
    "# Boats\n\nTerns cost 9.40 each. See\n[Fares](fares.md). Really?\n\n- One at 08:00. 12 at noon.\n";
  assert.deepEqual(sentencesOf(body), [
    "Boats",
    "Terns cost 9.40 each.",
    "See Fares.",
    "Really?",
    "One at 08:00.",
    "12 at noon.",
  ]);
});

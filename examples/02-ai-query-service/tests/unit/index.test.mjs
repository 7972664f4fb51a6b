import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createAnswer } from "../../service/index/answer.mjs";
import { buildIndex } from "../../service/index/build.mjs";
import { createSearch } from "../../service/index/search.mjs";
import { readIndex, writeIndex } from "../../service/index/store.mjs";

const DOCUMENTS = [
  { id: "dogs", title: "Dogs", body: "Dogs travel free on a lead. Cats stay in a basket." },
  { id: "fog", title: "Fog", body: "The whistle sounds in fog. Speed is reduced. A dog may bark." },
  { id: "cafe", title: "Food", body: "Soup is sold. Soup is hot. Bread is free." },
];

test("the order of the documents does not matter", () => {
  const index = buildIndex(DOCUMENTS);
  assert.equal(JSON.stringify(buildIndex([...DOCUMENTS].reverse())), JSON.stringify(index));
  assert.match(index.version, /^sha256:[0-9a-f]{64}$/);
});

test("another content has another version", () => {
  const [first, ...others] = DOCUMENTS;
  const changed = [{ ...first, id: "dogs", title: "Dogs", body: "Dogs pay." }, ...others];
  assert.notEqual(buildIndex(changed).version, buildIndex(DOCUMENTS).version);
});

test("a word in the title counts more than one in the body", () => {
  const documents = [
    { id: "a", title: "Speed", body: "Fog slows ships." },
    { id: "b", title: "Fog", body: "Speed slows ships." },
  ];
  const [first, second] = createSearch(buildIndex(documents))("fog", 5);
  assert.deepEqual([first?.id, second?.id], ["b", "a"]);
});

test("rare words count more than frequent ones", () => {
  const search = createSearch(buildIndex(DOCUMENTS));
  // "free" is in two documents and "basket" in one.
  assert.equal(search("free basket", 1)[0]?.id, "dogs");
});

test("a limit cuts the ranking, and no match is no source", () => {
  const search = createSearch(buildIndex(DOCUMENTS));
  assert.equal(search("dog whistle soup", 2).length, 2);
  assert.deepEqual(search("submarine", 5), []);
  assert.deepEqual(search("what is it", 5), []);
});

test("words that objects inherit are no terms", () => {
  const search = createSearch(buildIndex(DOCUMENTS));
  assert.deepEqual(search("constructor toString valueOf", 5), []);
});

test("scores are those of the formula", () => {
  const index = buildIndex([
    { id: "a", title: "x", body: "soup" },
    { id: "b", title: "y", body: "bread" },
  ]);
  // Equal lengths, frequency 1: the gain is 1, and what is left is ln(1 + (2 - 1 + 0.5) / (1 + 0.5)).
  assert.equal(createSearch(index)("soup", 1)[0]?.score, Math.round(Math.log(2) * 1000) / 1000);
});

test("an answer is made of the sentences that share most with the question, in their order", () => {
  const answer = createAnswer(buildIndex(DOCUMENTS));
  assert.equal(
    answer("Do cats and dogs travel free?", "dogs"),
    "Dogs travel free on a lead. Cats stay in a basket.",
  );
  assert.equal(answer("How fast in fog: what speed?", "fog"), "The whistle sounds in fog. Speed is reduced.");
  assert.equal(answer("bread", "cafe"), "Bread is free.");
});

test("a stored index is read back, and a damaged one is refused", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "query-index-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "new", "index.json");
  const index = buildIndex(DOCUMENTS);
  await writeIndex(path, index);
  assert.deepEqual(await readIndex(path), index);

  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace("Soup is hot.", "Soup is cold."));
  await assert.rejects(readIndex(path), /damaged/);
  await writeFile(path, '{"format":2}');
  await assert.rejects(readIndex(path), /not an index of format 1/);
});

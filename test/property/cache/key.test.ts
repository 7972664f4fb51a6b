import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences } from "../../../src/cache/key/difference.ts";
import { ingredientsOf, keyOf, readFacts, type Facts } from "../../../src/cache/key/facts.ts";
import type { Json } from "../../../src/model/index.ts";

const name = fc.string({ minLength: 1, maxLength: 8 });
const texts = fc.dictionary(name, fc.string({ maxLength: 8 }), { maxKeys: 4 });
const facts: fc.Arbitrary<Facts> = fc.record({
  platform: fc.constantFrom("linux-x64", "darwin-arm64"),
  node: name,
  uses: fc.constantFrom("shell", "docker"),
  spec: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
  artifacts: fc.dictionary(name, fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), { maxKeys: 3 }),
  upstream: fc.uniqueArray(
    fc.tuple(name, fc.nat()).map(([one, digest]) => `${one} sha256:${String(digest)}`),
    {
      maxLength: 3,
    },
  ),
  env: texts,
  tools: texts,
  files: fc.dictionary(
    name,
    fc.nat().map((hash) => `f:${String(hash)}`),
    { maxKeys: 5 },
  ),
});

const keyFor = (one: Facts): string => keyOf(ingredientsOf(one));

/** What an object is, whatever the order of its keys. */
const meaning = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))
      : member,
  );

function shuffled(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).reverse());
}

describe("a key", () => {
  it("is equal where, and only where, all of its facts are", () => {
    fc.assert(
      fc.property(facts, facts, (one, other) => {
        expect(keyFor(one) === keyFor(other)).toBe(meaning(one) === meaning(other));
      }),
      { numRuns: 500 },
    );
  });

  it("changes with any one of its facts, and the change is told", () => {
    const fields = fc.constantFrom<keyof Facts>(
      "platform",
      "node",
      "uses",
      "spec",
      "artifacts",
      "upstream",
      "env",
      "tools",
      "files",
    );
    fc.assert(
      fc.property(facts, facts, fields, (one, other, field) => {
        fc.pre(meaning(one[field]) !== meaning(other[field]));
        const changed = { ...one, [field]: other[field] };
        expect(keyFor(changed)).not.toBe(keyFor(one));
        // A job of another name has no last time.
        if (field !== "node") expect(differences(one, changed)).not.toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("does not depend on the order in which anything was named", () => {
    fc.assert(
      fc.property(facts, (one) => {
        const other = {
          ...one,
          artifacts: shuffled(one.artifacts),
          env: shuffled(one.env),
          tools: shuffled(one.tools),
          files: shuffled(one.files),
        } as unknown as Facts;
        expect(keyFor(shuffled(other as never) as never)).toBe(keyFor(one));
        expect(differences(one, other)).toEqual([]);
      }),
    );
  });

  it("is the same after its facts were written down and read", () => {
    fc.assert(
      fc.property(facts, (one) => {
        const read = readFacts(JSON.parse(JSON.stringify(one)), (problem) => new Error(problem));
        expect(keyFor(read)).toBe(keyFor(one));
      }),
    );
  });

  it("moves with no boundary between a name and its value", () => {
    const base: Facts = {
      platform: "linux-x64",
      node: "a/b",
      uses: "shell",
      spec: {},
      artifacts: {},
      upstream: [],
      env: { A: "=B tool C" },
      tools: {},
      files: {},
    };
    expect(keyFor(base)).not.toBe(keyFor({ ...base, env: { A: "=B" }, tools: { C: "" } }));
    expect(keyFor({ ...base, env: { A: "" } })).not.toBe(keyFor({ ...base, env: { A: "=" } }));
    expect(keyFor({ ...base, env: {} })).not.toBe(keyFor({ ...base, env: { A: "" } }));
  });
});

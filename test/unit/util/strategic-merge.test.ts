import { describe, expect, it } from "vitest";
import { ACCOUNT_KEYS, POD_KEYS, SERVICE_KEYS, strategicMerge } from "../../../src/util/strategic-merge.ts";

describe("a strategic merge", () => {
  it.each([
    ["nothing", { a: 1, b: [1] }, {}, { a: 1, b: [1] }],
    ["maps, member by member", { a: { b: 1, c: 2 } }, { a: { c: 3, d: 4 } }, { a: { b: 1, c: 3, d: 4 } }],
    ["null, which removes", { a: { b: 1, c: 2 }, d: 1 }, { a: { b: null }, d: null }, { a: { c: 2 } }],
    ["null for what is not there", { a: 1 }, { b: null, c: { d: null } }, { a: 1, c: {} }],
    ["a value over a map", { a: { b: 1 } }, { a: 1 }, { a: 1 }],
    ["a map over a value", { a: 1 }, { a: { b: 1, c: null } }, { a: { b: 1 } }],
    ["lists without a key, which are replaced", { args: ["a", "b"] }, { args: ["c"] }, { args: ["c"] }],
    [
      "tolerations, which have no key",
      { tolerations: [{ key: "a", operator: "Exists" }] },
      { tolerations: [{ key: "b" }] },
      { tolerations: [{ key: "b" }] },
    ],
    [
      "containers by name, and what is in them; what is new follows",
      { containers: [{ name: "app", image: "web", env: [{ name: "A", value: "1" }] }] },
      { containers: [{ name: "side" }, { name: "app", env: [{ name: "B" }, { name: "A", value: "2" }] }] },
      {
        containers: [
          { name: "app", image: "web", env: [{ name: "A", value: "2" }, { name: "B" }] },
          { name: "side" },
        ],
      },
    ],
    [
      "a keyed list where there is none",
      {},
      { volumes: [{ name: "a", b: null }] },
      { volumes: [{ name: "a" }] },
    ],
    ["null for a keyed list", { volumes: [{ name: "a" }] }, { volumes: null }, {}],
    ["a name that every object has", {}, { constructor: [1] }, { constructor: [1] }],
  ])("takes %s", (_, object, patch, merged) => {
    expect(strategicMerge(object, patch, POD_KEYS)).toEqual(merged);
  });

  it.each([
    ...Object.entries(POD_KEYS).map(([list, key]) => [list, key, POD_KEYS] as const),
    ["ports", "port", SERVICE_KEYS] as const,
    ["secrets", "name", ACCOUNT_KEYS] as const,
  ])("tells the items of %s apart by %s", (list, key, keys) => {
    const object = {
      [list]: [
        { [key]: 1, a: 1 },
        { [key]: 2, a: 2 },
      ],
    };
    const patch = { [list]: [{ [key]: 2, b: 3 }] };
    expect(strategicMerge(object, patch, keys)).toEqual({
      [list]: [
        { [key]: 1, a: 1 },
        { [key]: 2, a: 2, b: 3 },
      ],
    });
  });

  it("leaves what it is given as it is", () => {
    const object = { containers: [{ name: "app", env: [{ name: "A" }] }], a: { b: 1 } };
    const before = structuredClone(object);
    strategicMerge(
      object,
      { containers: [{ name: "app", env: [{ name: "A", value: "1" }] }], a: { b: 2 } },
      POD_KEYS,
    );
    expect(object).toEqual(before);
  });
});

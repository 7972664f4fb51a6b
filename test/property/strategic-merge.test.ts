import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { POD_KEYS, strategicMerge } from "../../src/util/strategic-merge.ts";

/** Few names, so that an object and a patch often speak of the same. */
const NAMES = ["containers", "env", "ports", "tolerations", "a", "b"] as const;

const { tree } = fc.letrec<{ tree: Record<string, unknown>; value: unknown }>((tie) => ({
  tree: fc.dictionary(fc.constantFrom(...NAMES), tie("value"), { maxKeys: 4 }),
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(null, 0, 1, "x", true),
    tie("tree"),
    fc.array(keyed(tie("tree")), { maxLength: 3 }),
  ),
}));

/** An item that has every merge key. */
function keyed(fields: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> {
  const key = fc.constantFrom("app", "side");
  return fc.tuple(fields, key).map(([rest, name]) => ({ ...rest, name, containerPort: name }));
}

describe("a strategic merge", () => {
  it("with an empty patch changes nothing", () => {
    fc.assert(
      fc.property(tree, (object) => {
        expect(strategicMerge(object, {}, POD_KEYS)).toEqual(object);
      }),
    );
  });

  it("done twice is as done once", () => {
    fc.assert(
      fc.property(tree, tree, (object, patch) => {
        const once = strategicMerge(object, patch, POD_KEYS);
        expect(strategicMerge(once, patch, POD_KEYS)).toEqual(once);
      }),
    );
  });

  it("leaves no null that the patch alone brings, but in lists that are replaced", () => {
    fc.assert(
      fc.property(tree, (patch) => {
        const merged = strategicMerge({}, patch, POD_KEYS);
        expect(Object.values(merged)).not.toContain(null);
      }),
    );
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { logFileName } from "../../../src/util/log-name.ts";

test("names stay readable", () => {
  expect(logFileName("verify/unit")).toBe("verify~unit.log");
  expect(logFileName("test/node-20.19_linux,x64")).toBe("test~node-20.19_linux,x64.log");
  expect(logFileName("test/unit (node 20)")).toBe("test~unit%20%28node%2020%29.log");
  expect(logFileName("prüfen/検索")).toBe("pr%C3%BCfen~%E6%A4%9C%E7%B4%A2.log");
});

test("what means something to a file system or shell is escaped", () => {
  expect(logFileName("../etc")).toBe("%2E.~etc.log");
  expect(logFileName("a~b/c")).not.toBe(logFileName("a/b/c"));
  for (const id of ["a\\b", 'a"b', "a:b", "a*b", "a\u0000b", "a\nb", "$(rm)", ".hidden"]) {
    expect(logFileName(id)).toMatch(/^[a-z0-9_=,+@%A-F-][a-z0-9._=,+@%A-F~-]*$/);
  }
});

test("a file system that ignores case keeps them apart", () => {
  expect(logFileName("verify/Unit").toLowerCase()).not.toBe(logFileName("verify/unit").toLowerCase());
});

test("a name fits into a directory entry however long the id is", () => {
  const long = "matrix/".concat("検".repeat(400));
  expect(logFileName(long).length).toBeLessThanOrEqual(255);
  expect(logFileName(`${long}a`)).not.toBe(logFileName(`${long}b`));
});

test("two ids never share a name", () => {
  const id = fc.string({ unit: fc.constantFrom("a", "A", "/", "~", ".", "%", "-", "2", "5", "F", "é", " ") });
  fc.assert(
    fc.property(id, id, (one, other) => {
      expect(logFileName(one).toLowerCase() === logFileName(other).toLowerCase()).toBe(one === other);
    }),
    { numRuns: 2000 },
  );
});

import { expect, test } from "vitest";
import { Measure } from "../../../../src/reporters/tty/measure.ts";

test("narrow text is measured without the libraries", () => {
  const measure = new Measure(true, "…");
  expect(measure.width("● verify")).toBe(8);
  expect(measure.truncate("✓ verify/unit", 8)).toBe("✓ verif…");
  expect(measure.truncate("short", 8)).toBe("short");
  expect(measure.truncate("x", 0)).toBe("");
  expect(measure.wanting).toBe(false);
});

test("the first wide character asks for them, and they count it right", async () => {
  const measure = new Measure(true, "…");
  measure.width("検索");
  expect(measure.wanting).toBe(true);
  await measure.load();
  expect(measure.wanting).toBe(false);
  expect(measure.width("検索 👩‍👩‍👧‍👦")).toBe(7);
  expect(measure.truncate("検索結果", 6)).toBe("検索…");
  expect(measure.truncate("検索結果", 8)).toBe("検索結果");
  expect(measure.truncate("検索結果", 1)).toBe("");
});

test("an ASCII terminal is given ASCII", () => {
  const measure = new Measure(false, "...");
  expect(measure.shown("検索 ok")).toBe("?? ok");
  expect(measure.truncate("abcdefgh", 6)).toBe("abc...");
  expect(measure.truncate("abcdefgh", 2)).toBe("ab");
});

import { describe, expect, it } from "vitest";
import { CODE, fit, SMALL, textWidth, TITLE, wrap } from "../../../../src/graph/svg/measure.ts";

describe("textWidth", () => {
  it("grows with the text, its size and its weight, and counts wide characters as such", () => {
    expect(textWidth("ab", SMALL)).toBeGreaterThan(textWidth("a", SMALL));
    expect(textWidth("a", TITLE)).toBeGreaterThan(textWidth("a", SMALL));
    expect(textWidth("W", SMALL)).toBeGreaterThan(textWidth("i", SMALL));
    expect(textWidth("漢", CODE)).toBeGreaterThan(textWidth("a", CODE));
    expect(textWidth("👩‍👩‍👧", CODE)).toBe(textWidth("漢", CODE));
  });
});

describe("fit", () => {
  it("leaves what fits and shortens what does not", () => {
    expect(fit("short", 200, SMALL)).toBe("short");
    const text = fit("a text that is longer than its place", 100, SMALL);
    expect(text).toMatch(/^a text.*…$/);
    expect(textWidth(text, SMALL)).toBeLessThanOrEqual(100);
  });

  it("sets white space as one blank and cuts no character in two", () => {
    expect(fit(" a\n\tb ", 200, SMALL)).toBe("a b");
    expect(fit("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 36, SMALL)).toBe("👩‍👩‍👧👩‍👩‍👧…");
  });

  it("does not measure what nobody can see", () => {
    expect(fit("x".repeat(5_000_000), 100, SMALL).length).toBeLessThan(20);
  });
});

describe("wrap", () => {
  it("breaks at blanks, else at marks, and shortens the last line", () => {
    expect(wrap("when branch matches main", 90, SMALL, 2)).toEqual(["when branch", "matches main"]);
    expect(wrap("when packages/package-04/** changed", 130, SMALL, 2)[0]).toMatch(/-$|\/$/);
    const lines = wrap("one two three four five six seven eight nine ten", 80, SMALL, 2);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/…$/);
    for (const line of lines) expect(textWidth(line, SMALL)).toBeLessThanOrEqual(80);
  });

  it("loses nothing of a text that fits", () => {
    const text = "packages/a/**, packages/b/** changed since origin/main";
    expect(wrap(text, 160, SMALL, 9).join(" ").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
  });
});

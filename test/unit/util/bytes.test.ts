import { describe, expect, it } from "vitest";
import { parseBytes } from "../../../src/util/bytes.ts";

describe("an amount of data", () => {
  it("is bytes, or a number with a unit of 1,000 or of 1,024", () => {
    const given = { "0B": 0, "12 kB": 12_000, "1.5MB": 1_500_000, "5GB": 5e9, "2TB": 2e12, "1KiB": 1024 };
    for (const [text, bytes] of Object.entries(given))
      expect([text, parseBytes(text)]).toEqual([text, bytes]);
    expect(parseBytes("3gib")).toBe(3 * 1024 ** 3);
    expect(parseBytes(1.7)).toBe(1);
  });

  it("is nothing else", () => {
    for (const wrong of ["", "5", "GB", "-1MB", "1 PB", "1e3MB", "1MB more", Number.NaN, -1, Infinity])
      expect(parseBytes(wrong)).toBe(undefined);
  });
});

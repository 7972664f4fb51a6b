import { describe, expect, it } from "vitest";
import { cells, measured } from "../../../src/graph/width.ts";

describe("cells", () => {
  it("counts narrow text as it stands, without its colours", () => {
    expect(cells("plan \u001b[1m└─ build\u001b[22m …")).toBe(15);
  });

  it("knows wide characters once a text was written that has some", async () => {
    const seen: number[] = [];
    const write = (): string => `${seen.push(cells("漢字"))}`;
    expect(await measured(write)).toBe("2");
    expect(seen).toEqual([2, 4]);
    expect(await measured(write)).toBe("3");
  });
});

import { describe, expect, it } from "vitest";
import { knownVerdict } from "../../../src/graph/verdict.ts";
import type { Condition } from "../../../src/model/index.ts";

const yes: Condition = { kind: "static", value: true, reason: "yes" };
const no: Condition = { kind: "static", value: false, reason: "no" };
const open: Condition = { kind: "tag", patterns: ["v*"] };

describe("knownVerdict", () => {
  it.each<[Condition | null, boolean | undefined]>([
    [null, true],
    [yes, true],
    [no, false],
    [open, undefined],
    [{ kind: "not", of: yes }, false],
    [{ kind: "not", of: open }, undefined],
    [{ kind: "all", of: [yes, open] }, undefined],
    [{ kind: "all", of: [open, no] }, false],
    [{ kind: "all", of: [yes, yes] }, true],
    [{ kind: "all", of: [] }, true],
    [{ kind: "any", of: [no, open] }, undefined],
    [{ kind: "any", of: [open, yes] }, true],
    [{ kind: "any", of: [no, no] }, false],
    [{ kind: "any", of: [] }, false],
  ])("judges %j", (condition, verdict) => {
    expect(knownVerdict(condition)).toBe(verdict);
  });
});

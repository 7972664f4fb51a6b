import { describe, expect, it } from "vitest";
import { conditionText, expressionText } from "../../../src/model/condition-text.ts";
import type { Condition } from "../../../src/model/index.ts";

const main: Condition = { kind: "branch", patterns: ["main", "release/*"] };
const tag: Condition = { kind: "tag", patterns: ["v*"] };
const nightly: Condition = { kind: "static", value: true, reason: "--nightly is given" };
const code: Condition = {
  kind: "value",
  value: { $ref: "verify/audit", path: ["exitCode"] },
  test: { op: "equals", to: 3 },
};

describe("conditionText", () => {
  it.each<[Condition, string, string]>([
    [main, "branch matches main, release/*", "branch does not match main, release/*"],
    [tag, "tag matches v*", "no tag matches v*"],
    [
      { kind: "change", globs: ["packages/a/**"], base: "origin/main" },
      "packages/a/** changed since origin/main",
      "nothing in packages/a/** changed since origin/main",
    ],
    [{ kind: "change", globs: ["a", "b"], base: null }, "a, b changed", "nothing in a, b changed"],
    [nightly, "--nightly is given", "not: --nightly is given"],
    [code, "verify/audit.exitCode = 3", "verify/audit.exitCode is not 3"],
    [
      { ...code, test: { op: "truthy" } },
      "verify/audit.exitCode is truthy",
      "verify/audit.exitCode is not truthy",
    ],
    [
      { ...code, test: { op: "oneOf", of: ["aws", "g c p", null] } },
      'verify/audit.exitCode is one of aws, "g c p", null',
      'verify/audit.exitCode is none of aws, "g c p", null',
    ],
  ])("puts %j and its negation in words", (condition, words, negated) => {
    expect(conditionText(condition)).toBe(words);
    expect(conditionText({ kind: "not", of: condition })).toBe(negated);
    expect(conditionText({ kind: "not", of: { kind: "not", of: condition } })).toBe(words);
  });

  it("sets a list inside a list in brackets, and only there", () => {
    const inner: Condition = { kind: "any", of: [main, tag] };
    expect(conditionText({ kind: "all", of: [inner, nightly] })).toBe(
      "(branch matches main, release/* or tag matches v*) and --nightly is given",
    );
    expect(conditionText({ kind: "all", of: [inner] })).toBe(
      "branch matches main, release/* or tag matches v*",
    );
    expect(conditionText({ kind: "any", of: [{ kind: "all", of: [tag] }, nightly] })).toBe(
      "tag matches v* or --nightly is given",
    );
  });

  it("negates lists the way logic does", () => {
    expect(conditionText({ kind: "not", of: { kind: "all", of: [tag, nightly] } })).toBe(
      "no tag matches v* or not: --nightly is given",
    );
    expect(
      conditionText({ kind: "all", of: [nightly, { kind: "not", of: { kind: "all", of: [main, tag] } }] }),
    ).toBe("--nightly is given and (branch does not match main, release/* or no tag matches v*)");
  });

  it("says what empty lists mean", () => {
    expect(conditionText({ kind: "all", of: [] })).toBe("always");
    expect(conditionText({ kind: "any", of: [] })).toBe("never");
    expect(conditionText({ kind: "not", of: { kind: "any", of: [] } })).toBe("always");
  });

  it.each([
    ["aws", "aws"],
    ["true", '"true"'],
    ["3", '"3"'],
    ["", '""'],
    ["two words", '"two words"'],
    ["v1.2-rc", "v1.2-rc"],
  ])("quotes the text %j only where it could be taken for something else", (to, shown) => {
    expect(conditionText({ ...code, test: { op: "equals", to } })).toBe(`verify/audit.exitCode = ${shown}`);
  });
});

describe("expressionText", () => {
  it("names nodes, fields, artifacts and lists", () => {
    expect(expressionText({ $ref: "a/b", path: [] })).toBe("a/b");
    expect(expressionText({ $ref: "a/b", path: ["url", "host"] })).toBe("a/b.url.host");
    expect(expressionText({ $artifact: "a/b", name: "dist", path: ["digest"] })).toBe(
      "a/b artifact dist.digest",
    );
    expect(
      expressionText({
        $all: [
          { $ref: "a/b", path: [] },
          { $ref: "a/c", path: ["x"] },
        ],
      }),
    ).toBe("a/b, a/c.x");
  });
});

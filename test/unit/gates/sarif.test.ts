import { describe, expect, it } from "vitest";
import { sarif, type SarifOptions } from "../../../src/gates/index.ts";
import { baselineOf, brokenReports, errorOf, figure, judge, reportContext, values } from "./support.ts";

type Limits = Partial<SarifOptions>;
const judgeFile = (file: string, options: Limits, previous?: Parameters<typeof reportContext>[1]) =>
  judge(sarif({ report: `sarif/${file}`, ...options }), reportContext({}, previous));
const ALL = { max: { error: 99, warning: 99, note: 99 } };

describe("sarif: levels", () => {
  it.each([
    ["codeql.sarif", { errors: 1, warnings: 1, notes: 1, suppressed: 0, ignored: 0 }],
    ["trivy.sarif", { errors: 2, warnings: 0, notes: 2, suppressed: 0, ignored: 0 }],
    ["semgrep.sarif", { errors: 1, warnings: 0, notes: 0, suppressed: 1, ignored: 0 }],
    ["snyk.sarif", { errors: 1, warnings: 1, notes: 0, suppressed: 0, ignored: 0 }],
    // Own level; rule's default; the invocation's override; the rule has none; no such rule; a rule's case; none.
    ["levels.sarif", { errors: 2, warnings: 3, notes: 1, suppressed: 0, ignored: 0 }],
    ["clean.sarif", { errors: 0, warnings: 0, notes: 0, suppressed: 0, ignored: 0 }],
  ])("%s", async (file, expected) => {
    const verdict = await judgeFile(file, ALL);
    expect(verdict.outcome).toBe("passed");
    expect(values(verdict)).toEqual(expected);
  });

  it("fails above the limit of a level, names what it found, and leaves other levels alone", async () => {
    const verdict = await judgeFile("codeql.sarif", { max: { error: 0 } });
    expect(verdict.outcome).toBe("failed");
    expect(verdict.summary).toContain("src/orders.js:42: js/sql-injection (This query string depends on");
    expect(verdict.summary).not.toContain("js/unused-local-variable");
    expect(figure(verdict, "errors")).toEqual({
      name: "errors",
      value: 1,
      unit: "results",
      max: 0,
      ok: false,
    });
    expect(figure(verdict, "warnings")).not.toHaveProperty("max");
    expect((await judgeFile("codeql.sarif", { max: { error: 1, warning: 1 } })).outcome).toBe("passed");
    expect((await judgeFile("codeql.sarif", { max: { note: 0 } })).outcome).toBe("failed");
  });
});

describe("sarif: severities", () => {
  it.each([
    ["trivy.sarif", { critical: 1, high: 1, medium: 0, low: 2 }],
    ["codeql.sarif", { critical: 0, high: 2, medium: 0, low: 1 }],
    ["snyk.sarif", { critical: 0, high: 1, medium: 1, low: 0 }],
    // "Unknown" is 0, or no number: the level stands in. A score counts whatever the level; a result's own comes first.
    ["scores.sarif", { critical: 1, high: 2, medium: 1, low: 1 }],
    // Without scores the level stands in.
    ["semgrep.sarif", { critical: 0, high: 1, medium: 0, low: 0 }],
  ])("%s", async (file, expected) => {
    expect(values(await judgeFile(file, { severity: "critical" }))).toMatchObject(expected);
  });

  it.each([
    ["critical", "passed"],
    ["high", "passed"],
    ["medium", "failed"],
    ["low", "failed"],
  ] as const)("severity %s: one medium result has %s", async (severity, outcome) => {
    const ignore = [{ rule: "SNYK-JS-LODASH-567746", reason: "not reachable", until: "2999-12-31" }];
    expect((await judgeFile("snyk.sarif", { severity, ignore })).outcome).toBe(outcome);
  });
});

describe("sarif: what does not count", () => {
  it("counts suppressions only where all of them are accepted", async () => {
    expect(values(await judgeFile("suppressions.sarif", ALL))).toMatchObject({ errors: 5, suppressed: 2 });
    expect((await judgeFile("suppressions.sarif", ALL)).summary).toContain("2 suppressed");
  });

  it("leaves out results that point at no problem", async () => {
    expect(values(await judgeFile("kinds.sarif", ALL))).toMatchObject({ errors: 2, warnings: 0, notes: 0 });
  });

  it("leaves out what is gone, and with newOnly what the tool knew", async () => {
    expect(values(await judgeFile("baseline-states.sarif", ALL))).toMatchObject({ errors: 3 });
    const verdict = await judgeFile("baseline-states.sarif", { ...ALL, newOnly: true });
    expect(values(verdict)).toMatchObject({ errors: 1 });
    expect(verdict.summary).toContain("every result counts as new");
  });

  it("ignores a rule until its day is over, says so afterwards, and says what ignores nothing", async () => {
    const rule = "CVE-2023-45853";
    const ignored = await judgeFile("trivy.sarif", {
      severity: "critical",
      ignore: [{ rule, reason: "not linked", until: "2999-01-01" }],
    });
    expect(ignored.outcome).toBe("passed");
    expect(values(ignored)).toMatchObject({ critical: 0, ignored: 1 });
    const expired = await judgeFile("trivy.sarif", {
      severity: "critical",
      ignore: [
        { rule, reason: "not linked", until: "2024-02-29" },
        { rule: "CVE-1999-1", reason: "gone", until: "2999-01-01" },
      ],
    });
    expect(expired.outcome).toBe("failed");
    expect(expired.summary).toContain("no longer ignored: CVE-2023-45853 (until 2024-02-29)");
    expect(expired.summary).toContain("ignored without a result: CVE-1999-1");
  });
});

describe("sarif: newOnly", () => {
  it("accepts what the last accepted run had, and refuses what is new", async () => {
    const first = reportContext();
    await judge(sarif({ report: "sarif/codeql.sarif", max: { error: 99 } }), first);
    const kept = baselineOf(first);
    const options = { max: { error: 0 }, newOnly: true, allowStale: true } as const;
    const same = await judge(sarif({ report: "sarif/codeql.sarif", ...options }), reportContext({}, kept));
    expect(same.outcome).toBe("passed");
    expect(same.summary).toContain("only new results count");
    const more = await judge(
      sarif({ report: ["sarif/codeql.sarif", "sarif/snyk.sarif"], ...options }),
      reportContext({}, kept),
    );
    expect(more.outcome).toBe("failed");
    expect(more.summary).toContain("SNYK-JS-LODASH-567746");
    expect(more.summary).not.toContain("js/sql-injection");
  });

  it("refuses the report that the last accepted run judged", async () => {
    const first = reportContext();
    await judge(sarif({ report: "sarif/clean.sarif", max: { error: 0 } }), first);
    const error = await errorOf(() => judgeFile("clean.sarif", { max: { error: 0 } }, baselineOf(first)));
    expect(error.message).toContain("sarif/clean.sarif");
  });
});

describe("sarif: reports that cannot be judged", () => {
  it.each(brokenReports("sarif"))("%s is refused by name", async (file) => {
    const error = await errorOf(() => judge(sarif({ report: file, ...ALL }), reportContext()));
    expect(error.code).toBe("REPORT_INVALID");
    expect(error.message).toContain(file);
    expect(error.hint).toBeTruthy();
  });

  it("says what the tool says of its failure", async () => {
    const error = await errorOf(() => judgeFile("broken/failed-invocation.sarif", ALL));
    expect(error.message).toContain("Scan did not succeed (exit code 2): database is locked");
  });
});

describe("sarif: options", () => {
  it.each<[string, unknown, string]>([
    ["no limit", { report: "a" }, "there is no limit"],
    ["an empty max", { report: "a", max: {} }, "max limits no level"],
    ["both limits", { report: "a", max: { error: 0 }, severity: "high" }, "max and severity are both given"],
    [
      "an unknown severity",
      { report: "a", severity: "hgih" },
      "severity must be one of critical, high, medium, low",
    ],
    ["an unknown level", { report: "a", max: { errors: 0 } }, "there is no option max.errors"],
    ["NaN", { report: "a", max: { error: Number.NaN } }, "max.error must be a whole number"],
    ["a negative number", { report: "a", max: { warning: -1 } }, "max.warning must be"],
    [
      "an ignore without a reason",
      { report: "a", severity: "low", ignore: [{ rule: "R", until: "2030-01-01" }] },
      "ignore[0].reason must be a text",
    ],
    [
      "an ignore without an end",
      { report: "a", severity: "low", ignore: [{ rule: "R", reason: "x" }] },
      "ignore[0].until",
    ],
    [
      "an impossible day",
      { report: "a", severity: "low", ignore: [{ rule: "R", reason: "x", until: "2027-02-30" }] },
      "must be a day such as",
    ],
    ["ignored ids alone", { report: "a", severity: "low", ignore: ["R1"] }, "ignore[0] must be an object"],
    ["no list", { report: "a", severity: "low", ignore: "R1" }, "ignore must be a list"],
    ["a misspelt option", { report: "a", severity: "low", newonly: true }, "there is no option newonly"],
  ])("refuses %s at once", async (_name, options, message) => {
    const error = await errorOf(() => sarif(options as SarifOptions));
    expect(error.code).toBe("DEFINITION_INVALID");
    expect(error.message).toContain(message);
  });
});

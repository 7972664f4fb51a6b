import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { coverage, type CoverageOptions } from "../../../src/gates/index.ts";
import {
  baselineOf,
  brokenReports,
  errorOf,
  figure,
  judge,
  REPORTS,
  reportContext,
  temporaryFolder,
  values,
} from "./support.ts";

const judgeFile = (report: string | string[], options: Omit<CoverageOptions, "report"> = { min: 1 }) =>
  judge(coverage({ report, ...options }), reportContext({ root: join(REPORTS, "code-coverage") }));

const FIVE_OF_SIX = { lines: 500 / 6, branches: 75, functions: 50 };

describe("coverage: formats", () => {
  it.each(["jest-lcov.info", "jest-cobertura.xml", "jest-summary.json", "jest-final.json"])(
    "%s: the four reports of one jest run say the same",
    async (file) => {
      expect(values(await judgeFile(file))).toEqual(FIVE_OF_SIX);
    },
  );

  it("tells the format by content, whatever the name", async () => {
    const root = await temporaryFolder();
    for (const [index, file] of [
      "jest-lcov.info",
      "jest-cobertura.xml",
      "jest-summary.json",
      "jest-final.json",
    ].entries()) {
      const name = `report-${index}.txt`;
      await copyFile(join(REPORTS, "code-coverage", file), join(root, name));
      expect(values(await judge(coverage({ report: name, min: 1 }), reportContext({ root })))).toEqual(
        FIVE_OF_SIX,
      );
    }
  });

  it("reads coverage.py, whose branches have names", async () => {
    const lcov = values(await judgeFile("coverage-py.info"));
    expect(lcov).toEqual({ lines: 1000 / 29, branches: 600 / 22, functions: 200 / 11 });
    const cobertura = values(await judgeFile("coverage-py.xml"));
    expect(cobertura).toEqual({ lines: 1000 / 29, branches: 600 / 22 });
  });

  it("reads LCOV 2 functions by index", async () => {
    expect(values(await judgeFile("lcov2.info"))).toEqual({
      lines: 200 / 3,
      branches: 100 / 3,
      functions: 50,
    });
  });

  it("tells functions of one name apart", async () => {
    expect(values(await judgeFile("same-function-names.info"))).toMatchObject({ functions: 50 });
  });

  it("counts Cobertura's lines itself, across classes of one file, whatever the attributes say", async () => {
    // Lines 5, 9 and 12 are covered: 9 only by the compiler's own class.
    expect(values(await judgeFile("coverlet.xml"))).toEqual({ lines: 100, branches: 50, functions: 50 });
  });

  it("takes the totals where a summary has nothing else", async () => {
    expect(values(await judgeFile("total-only.json"))).toEqual({ lines: 90, functions: 100 });
  });
});

describe("coverage: joining", () => {
  it.each([[["shard-1.info"]], [["shard-2.info"]]])("%s alone", async (files) => {
    expect(figure(await judgeFile(files), "functions").value).toBe(50);
  });

  it("adds hits line by line where two reports have the same file", async () => {
    const verdict = await judgeFile(["shard-1.info", "shard-2.info"]);
    expect(values(verdict)).toEqual({ lines: 75, branches: 100, functions: 100 });
    expect(verdict.summary).toContain("3 of 4 lines covered (2 reports)");
  });

  it("joins different formats of the same sources", async () => {
    const root = "/build/shop";
    const check = coverage({
      report: ["jest-lcov.info", "jest-cobertura.xml", "jest-final.json"].map((file) =>
        join(REPORTS, "code-coverage", file),
      ),
      min: 1,
    });
    expect(figure(await judge(check, reportContext({ root })), "lines").value).toBe(500 / 6);
  });

  it("never counts more of Cobertura's branches than are sure", async () => {
    const root = await temporaryFolder();
    const report = (hits: number) =>
      `<coverage><packages><package><classes><class name="A" filename="a.py"><methods/><lines><line number="1" hits="${hits}" branch="true" condition-coverage="50% (1/2)"/></lines></class></classes></package></packages></coverage>`;
    await writeFile(join(root, "a.xml"), report(1));
    await writeFile(join(root, "b.xml"), report(2));
    expect(values(await judge(coverage({ report: "*.xml", min: 1 }), reportContext({ root })))).toEqual({
      lines: 100,
      branches: 50,
    });
  });

  it("refuses to join totals of the same file", async () => {
    const root = await temporaryFolder();
    for (const name of ["a.json", "b.json"])
      await copyFile(join(REPORTS, "code-coverage/jest-summary.json"), join(root, name));
    const error = await errorOf(() => judge(coverage({ report: "*.json", min: 1 }), reportContext({ root })));
    expect(error).toMatchObject({
      code: "REPORT_INVALID",
      message: expect.stringContaining("b.json gives only totals"),
    });
  });

  it("refuses to join totals with hits of the same file", async () => {
    const error = await errorOf(() =>
      judge(
        coverage({
          report: ["jest-summary.json", "jest-final.json"].map((file) =>
            join(REPORTS, "code-coverage", file),
          ),
          min: 1,
        }),
        reportContext({ root: "/build/shop" }),
      ),
    );
    expect(error.message).toContain("cart.js");
  });
});

describe("coverage: limits", () => {
  it("passes at the limit and fails above it, and says by how much", async () => {
    expect((await judgeFile("shard-1.info", { min: 50 })).outcome).toBe("passed");
    const verdict = await judgeFile("shard-1.info", { min: { lines: 50, functions: 80 } });
    expect(verdict.outcome).toBe("failed");
    expect(verdict.summary).toContain("functions 50 % (at least 80 %)");
    expect(figure(verdict, "functions")).toEqual({
      name: "functions",
      value: 50,
      unit: "%",
      min: 80,
      ok: false,
    });
    expect(figure(verdict, "lines").ok).toBe(true);
  });

  it("does not round a missed limit up", async () => {
    const root = await temporaryFolder();
    const lines = Array.from({ length: 30_000 }, (_, at) => `DA:${at + 1},${at < 23_999 ? 1 : 0}`);
    await writeFile(join(root, "l.info"), `SF:a.ts\n${lines.join("\n")}\nend_of_record\n`);
    const verdict = await judge(coverage({ report: "l.info", min: 80 }), reportContext({ root }));
    expect(verdict.outcome).toBe("failed");
    expect(verdict.summary).toContain("lines 79.99 %");
  });

  it("takes 57 of 100 for 57 %, which binary fractions miss", async () => {
    const root = await temporaryFolder();
    const lines = Array.from({ length: 100 }, (_, at) => `DA:${at + 1},${at < 57 ? 1 : 0}`);
    await writeFile(join(root, "l.info"), `SF:a.ts\n${lines.join("\n")}\nend_of_record\n`);
    expect((await judge(coverage({ report: "l.info", min: 57 }), reportContext({ root }))).outcome).toBe(
      "passed",
    );
  });

  it("refuses a limit on what the report does not measure", async () => {
    const error = await errorOf(() => judgeFile("total-only.json", { min: { lines: 80, branches: 70 } }));
    expect(error).toMatchObject({
      code: "REPORT_INVALID",
      message: "total-only.json measures no branches, so they cannot be judged",
    });
  });

  it("compares with the last accepted run", async () => {
    const root = await temporaryFolder();
    const write = async (covered: number) => {
      await mkdir(join(root, String(covered)));
      const lines = Array.from({ length: 100 }, (_, at) => `DA:${at + 1},${at < covered ? 1 : 0}`);
      await writeFile(join(root, `${covered}/l.info`), `SF:a.ts\n${lines.join("\n")}\nend_of_record\n`);
      return coverage({ report: `${covered}/l.info`, maxDrop: 2 });
    };
    const first = reportContext({ root });
    const verdict = await judge(await write(90), first);
    expect(verdict.outcome).toBe("passed");
    expect(verdict.summary).toContain("no accepted run to compare lines with");
    const kept = baselineOf(first);
    const same = await judge(await write(88), reportContext({ root }, kept));
    expect(same.outcome).toBe("passed");
    expect(figure(same, "lines")).toMatchObject({ previous: 90, min: 88 });
    const lower = await judge(await write(87), reportContext({ root }, kept));
    expect(lower.outcome).toBe("failed");
  });

  it("refuses the report that the last accepted run judged", async () => {
    const first = reportContext();
    const check = coverage({ report: "code-coverage/jest-lcov.info", min: 10 });
    await judge(check, first);
    const error = await errorOf(() => judge(check, reportContext({}, baselineOf(first))));
    expect(error.message).toContain("not written by this run");
  });
});

describe("coverage: reports that cannot be judged", () => {
  it.each(brokenReports("code-coverage"))("%s is refused by name", async (file) => {
    const error = await errorOf(() => judge(coverage({ report: file, min: 1 }), reportContext()));
    expect(error.code).toBe("REPORT_INVALID");
    expect(error.message).toContain(file);
    expect(error.hint).toBeTruthy();
  });

  it("refuses a report without a line beside a good one", async () => {
    const error = await errorOf(() => judgeFile(["jest-lcov.info", "broken/zero-lines.info"]));
    expect(error.message).toContain("broken/zero-lines.info measures no line");
  });

  it("names the line of broken lcov", async () => {
    const error = await errorOf(() => judgeFile("broken/negative-hits.info"));
    expect(error.message).toContain('line 3: "-3" is no number of hits');
  });
});

describe("coverage: options", () => {
  it.each<[string, unknown, string]>([
    ["no limit", { report: "a" }, "there is no limit"],
    ["an empty min", { report: "a", min: {} }, "there is no limit"],
    ["a min above 100", { report: "a", min: 101 }, "min must be a number above 0 and at most 100, got 101"],
    ["a min of 0", { report: "a", min: 0 }, "min must be a number above 0"],
    ["NaN", { report: "a", min: { lines: Number.NaN } }, "min.lines must be"],
    ["an unknown kind", { report: "a", min: { statements: 80 } }, "there is no option min.statements"],
    ["a negative maxDrop", { report: "a", maxDrop: -1 }, "maxDrop must be"],
    ["a text", { report: "a", min: "80" }, `got "80"`],
    ["null", { report: "a", min: null }, "min must be an object, got null"],
    ["a misspelt option", { report: "a", minimum: 80 }, "there is no option minimum"],
    ["no report", { min: 80 }, "report must be"],
  ])("refuses %s at once", async (_name, options, message) => {
    const error = await errorOf(() => coverage(options as CoverageOptions));
    expect(error.code).toBe("DEFINITION_INVALID");
    expect(error.message).toContain(message);
  });
});

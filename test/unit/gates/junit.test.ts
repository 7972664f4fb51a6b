import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { junit, type JunitOptions } from "../../../src/gates/index.ts";
import { parseJunit } from "../../../src/gates/junit/parse.ts";
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

const judgeFile = (file: string, options: Partial<JunitOptions> = {}) =>
  judge(junit({ report: `junit/${file}`, ...options }), reportContext());

describe("junit: the tools' own reports", () => {
  it.each([
    ["vitest.xml", { "tests run": 3, failures: 1, flaky: 0, skipped: 2 }, "refuses a negative amount"],
    ["vitest-unloadable.xml", { "tests run": 2, failures: 1, flaky: 0, skipped: 0 }, "t/broken.test.ts"],
    ["jest.xml", { "tests run": 2, failures: 1, flaky: 0, skipped: 1 }, "cart refuses"],
    ["jest-suite-errors.xml", { "tests run": 3, failures: 2, flaky: 0, skipped: 1 }, "t/broken.test.js"],
    ["pytest.xml", { "tests run": 6, failures: 3, flaky: 0, skipped: 2 }, "test_orders > test_db2"],
    ["pytest-collection.xml", { "tests run": 1, failures: 1, flaky: 0, skipped: 0 }, "test_import"],
    ["go-junit-report.xml", { "tests run": 6, failures: 4, flaky: 0, skipped: 1 }, "[build failed]"],
    [
      "gotestsum-rerun.xml",
      { "tests run": 5, failures: 2, flaky: 1, skipped: 1 },
      "TestDiscount/ten_<per>_cent",
    ],
    [
      "surefire-failed.xml",
      { "tests run": 2, failures: 2, flaky: 0, skipped: 1 },
      "CartTest > reserves".replace("Cart", "Stock"),
    ],
    ["nested.xml", { "tests run": 5, failures: 1, flaky: 0, skipped: 0 }, "vouchers > expire"],
    ["status-only.xml", { "tests run": 2, failures: 1, flaky: 0, skipped: 0 }, "cart > adds"],
  ])("%s fails and names what failed", async (file, expected, named) => {
    const verdict = await judgeFile(file);
    expect(verdict.outcome).toBe("failed");
    expect(values(verdict)).toEqual(expected);
    expect(verdict.summary).toContain(named);
  });

  it("passes a green report and tells the figures with their limits", async () => {
    const verdict = await judgeFile("jest-green.xml", { maxFlaky: 0, maxSkipped: 1, minTests: 2 });
    expect(verdict).toEqual({
      outcome: "passed",
      summary: "2 tests ran (1 report)",
      figures: [
        { name: "tests run", value: 2, unit: "tests", min: 2, ok: true },
        { name: "failures", value: 0, unit: "tests", max: 0, ok: true },
        { name: "flaky", value: 0, unit: "tests", max: 0, ok: true },
        { name: "skipped", value: 1, unit: "tests", max: 1, ok: true },
      ],
    });
  });

  it("takes Surefire's flaky tests for passed ones, and output that looks like a report for output", async () => {
    const verdict = await judgeFile("surefire-flaky.xml");
    expect(verdict.outcome).toBe("passed");
    expect(values(verdict)).toEqual({ "tests run": 3, failures: 0, flaky: 1, skipped: 0 });
    expect(verdict.summary).toContain("flaky: com.example.shop.CartTest > settles");
    expect((await judgeFile("surefire-flaky.xml", { maxFlaky: 0 })).outcome).toBe("failed");
  });
});

describe("junit: the same test twice", () => {
  it("is a failure where it passed before it failed", async () => {
    expect(values(await judgeFile("pass-then-fail.xml"))).toMatchObject({
      "tests run": 1,
      failures: 1,
      flaky: 0,
    });
  });

  it("is a failure where the two stand in different suites of one name", async () => {
    expect(values(await judgeFile("same-name.xml"))).toMatchObject({ "tests run": 2, failures: 1, flaky: 0 });
  });

  it("counts each for itself with repeats: separate", async () => {
    const verdict = await judgeFile("gotestsum-rerun.xml", { repeats: "separate" });
    expect(values(verdict)).toMatchObject({ "tests run": 10, failures: 7, flaky: 0 });
  });

  it("is no rerun across files: a test that fails in one of two shards has failed", async () => {
    const root = await temporaryFolder();
    await writeFile(
      join(root, "a.xml"),
      `<testsuite name="s"><testcase name="t"><failure/></testcase></testsuite>`,
    );
    await writeFile(join(root, "b.xml"), `<testsuite name="s"><testcase name="t"/></testsuite>`);
    const verdict = await judge(junit({ report: "*.xml" }), reportContext({ root }));
    expect(values(verdict)).toMatchObject({ "tests run": 2, failures: 1, flaky: 0 });
  });
});

describe("junit: contradictions", () => {
  it.each([
    ["claims-failures.xml", "suite cart says 2 failures and 0 errors, its tests show 0"],
    ["suite-error.xml", "suite stock says 0 failures and 1 errors"],
    ["suite-failure-element.xml", "suite cart broke outside of its tests"],
    ["claims-tests.xml", "suite stock says 4 tests and lists none"],
    ["gotestsum-build-failed.xml", "says 4 failures and 1 errors, its tests show 4"],
  ])("%s fails although no limit of its figures may be missed", async (file, text) => {
    const verdict = await judgeFile(file, { maxFailures: 10 });
    expect(verdict.outcome).toBe("failed");
    expect(verdict.summary).toContain(text);
  });
});

describe("junit: limits", () => {
  it("fails where fewer tests ran than minTests, and skipped ones did not run", async () => {
    const verdict = await judgeFile("jest-green.xml", { minTests: 3 });
    expect(figure(verdict, "tests run")).toMatchObject({ value: 2, min: 3, ok: false });
    expect(verdict.summary).toBe("2 tests ran (1 report); tests run 2 tests (at least 3)");
    expect((await judgeFile("all-skipped.xml")).outcome).toBe("failed");
  });

  it("adds up several reports and names no file twice", async () => {
    const check = junit({
      report: ["junit/jest-green.xml", "junit/jest-g*.xml", "junit/surefire-flaky.xml"],
    });
    expect(values(await judge(check, reportContext()))).toMatchObject({ "tests run": 5, failures: 0 });
  });

  it("allows maxFailures, and not one more", async () => {
    expect((await judgeFile("surefire-failed.xml", { maxFailures: 2 })).outcome).toBe("passed");
    expect((await judgeFile("surefire-failed.xml", { maxFailures: 1 })).outcome).toBe("failed");
  });

  it("fails where maxSkipped is passed", async () => {
    expect(figure(await judgeFile("jest-green.xml", { maxSkipped: 0 }), "skipped").ok).toBe(false);
  });
});

describe("junit: newFailuresOnly", () => {
  const check = junit({ report: "junit/pytest.xml", newFailuresOnly: true });

  it("counts every failure as new at the first run, and says how to accept them", async () => {
    const verdict = await judge(check, reportContext());
    expect(figure(verdict, "new failures")).toMatchObject({ value: 3, max: 0, ok: false });
    expect(verdict.summary).toContain("no accepted run to compare with");
    expect(verdict).toMatchObject({ hint: expect.stringContaining("maxFailures: 3") });
  });

  it("accepts what failed in the last accepted run, in another file too, and refuses one more", async () => {
    const root = await temporaryFolder();
    const write = (name: string, failing: readonly string[]) =>
      writeFile(
        join(root, name),
        `<testsuite name="s">${["a", "b", "c"].map((test) => `<testcase name="${test}">${failing.includes(test) ? "<failure/>" : ""}</testcase>`).join("")}</testsuite>`,
      );
    await write("one.xml", ["a", "b"]);
    const first = reportContext({ root });
    expect(
      (await judge(junit({ report: "one.xml", newFailuresOnly: true, maxFailures: 2 }), first)).outcome,
    ).toBe("passed");
    const kept = baselineOf(first);

    await write("two.xml", ["b"]);
    const fixed = await judge(
      junit({ report: "two.xml", newFailuresOnly: true }),
      reportContext({ root }, kept),
    );
    expect(fixed.outcome).toBe("passed");
    expect(figure(fixed, "failures")).toMatchObject({ value: 1, previous: 2, ok: true });

    await write("three.xml", ["b", "c"]);
    const worse = await judge(
      junit({ report: "three.xml", newFailuresOnly: true }),
      reportContext({ root }, kept),
    );
    expect(worse.outcome).toBe("failed");
    expect(worse.summary).toContain("newly failed: s > c");
    expect(worse.summary).not.toContain("s > b");
  });

  it("counts a test that failed once and now fails twice as one new failure", async () => {
    const root = await temporaryFolder();
    const failing = `<testsuite name="s"><testcase name="t"><failure/></testcase></testsuite>`;
    await writeFile(join(root, "a.xml"), failing);
    const first = reportContext({ root });
    await judge(junit({ report: "*.xml", maxFailures: 1 }), first);
    await writeFile(join(root, "b.xml"), failing);
    const options = { report: "*.xml", newFailuresOnly: true, allowStale: true };
    const verdict = await judge(junit(options), reportContext({ root }, baselineOf(first)));
    expect(figure(verdict, "new failures").value).toBe(1);
  });

  it("does not propose a baseline where it fails", async () => {
    const context = reportContext();
    await judge(check, context);
    expect(context.proposed).toEqual([]);
  });

  it("reports a baseline of another form and does not compare with it", async () => {
    const context = reportContext({}, { kind: "coverage" });
    expect((await judge(junit({ report: "junit/jest-green.xml" }), context)).outcome).toBe("passed");
    expect(context.events.filter((event) => event.type === "warning")).toHaveLength(1);
  });

  it("keeps a bounded baseline of many failures", async () => {
    const root = await temporaryFolder();
    const cases = Array.from(
      { length: 8_000 },
      (_, at) => `<testcase name="${"n".repeat(200)}${at}"><failure/></testcase>`,
    );
    await writeFile(join(root, "many.xml"), `<testsuite name="s">${cases.join("")}</testsuite>`);
    const context = reportContext({ root });
    await judge(junit({ report: "many.xml", maxFailures: 8_000 }), context);
    const kept = baselineOf(context);
    expect(JSON.stringify(kept).length).toBeLessThan(200_000);
    const again = await judge(
      junit({ report: "many.xml", newFailuresOnly: true, allowStale: true }),
      reportContext({ root }, kept),
    );
    expect(figure(again, "new failures").value).toBe(3_000);
  });
});

describe("junit: reports that cannot be judged", () => {
  it.each(brokenReports("junit"))("%s is refused by name", async (file) => {
    const error = await errorOf(() => judge(junit({ report: file, maxFailures: 100 }), reportContext()));
    expect(error.code).toBe("REPORT_INVALID");
    expect(error.message).toContain(file);
    expect(error.hint).toBeTruthy();
  });

  it("refuses a report that was cut off, wherever that happened", async () => {
    const whole = (await readFile(join(REPORTS, "junit/jest-green.xml"), "utf8")).trimEnd();
    const report = { path: "cut.xml", absolute: "/cut.xml", modified: 0, size: 0, stamp: "" };
    expect((await parseJunit({ ...report, content: whole })).entries).toHaveLength(3);
    for (let length = 1; length < whole.length; length++) {
      const error = await errorOf(() => parseJunit({ ...report, content: whole.slice(0, length) }));
      expect(error.code, `cut after ${length} characters`).toBe("REPORT_INVALID");
    }
  });

  it("names each of several broken reports", async () => {
    const error = await errorOf(() => judge(junit({ report: "junit/broken/e*.xml" }), reportContext()));
    for (const file of ["empty.xml", "empty-suites.xml", "entities.xml", "error-page.xml"])
      expect(error.message).toContain(file);
  });

  it("refuses a report that is not there, and a pattern of several that matches nothing", async () => {
    const missing = await errorOf(() => judge(junit({ report: "reports/none.xml" }), reportContext()));
    expect(missing).toMatchObject({
      code: "REPORT_INVALID",
      message: expect.stringContaining("reports/none.xml"),
    });
    const one = await errorOf(() =>
      judge(junit({ report: ["junit/jest-green.xml", "junit/shard-*.xml"] }), reportContext()),
    );
    expect(one.message).toContain("junit/shard-*.xml");
  });

  it("refuses a folder", async () => {
    const error = await errorOf(() => judge(junit({ report: "junit" }), reportContext()));
    expect(error.message).toBe("junit is a folder");
  });

  it("does not look for reports below node_modules unless asked to", async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, "node_modules/dep"), { recursive: true });
    await writeFile(join(root, "node_modules/dep/junit.xml"), `<testsuite><testcase name="t"/></testsuite>`);
    expect(
      (await errorOf(() => judge(junit({ report: "**/junit.xml" }), reportContext({ root })))).code,
    ).toBe("REPORT_INVALID");
    expect(
      (await judge(junit({ report: "node_modules/*/junit.xml" }), reportContext({ root }))).outcome,
    ).toBe("passed");
  });

  it("ends with the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error("interrupted"));
    await expect(judge(junit({ report: "junit/*.xml" }), reportContext({ signal }))).rejects.toThrow(
      "interrupted",
    );
  });
});

describe("junit: text", () => {
  it("decodes built-in entities and character numbers, and keeps control characters off the terminal", async () => {
    const root = await temporaryFolder();
    const name = `&lt;b&gt; &amp;amp; &#x41;&#66; \u001b[31mred&#10;next`;
    await writeFile(
      join(root, "r.xml"),
      `<testsuite><testcase name="${name}"><failure/></testcase></testsuite>`,
    );
    const verdict = await judge(junit({ report: "r.xml" }), reportContext({ root }));
    expect(verdict.summary).toContain("failed: <b> &amp; AB [31mred next");
  });

  it.each([
    [
      "UTF-16",
      Buffer.from(`\uFEFF<testsuite><testcase name="größe"><failure/></testcase></testsuite>`, "utf16le"),
    ],
    [
      "UTF-8 with a mark",
      Buffer.from(`\uFEFF<testsuite><testcase name="größe"><failure/></testcase></testsuite>`),
    ],
    [
      "declared Latin-1",
      Buffer.from(
        `<?xml version="1.0" encoding="ISO-8859-1"?><testsuite><testcase name="größe"><failure/></testcase></testsuite>`,
        "latin1",
      ),
    ],
  ])("reads %s", async (_name, bytes) => {
    const root = await temporaryFolder();
    await writeFile(join(root, "r.xml"), bytes);
    expect((await judge(junit({ report: "r.xml" }), reportContext({ root }))).summary).toContain(
      "failed: größe",
    );
  });

  it("reads 20 MB with much output", async () => {
    const root = await temporaryFolder();
    const output = `<system-out>${"a line of output &amp; more\n".repeat(80)}</system-out>`;
    const suites = Array.from(
      { length: 100 },
      (_, at) =>
        `<testsuite name="s${at}">${`<testcase classname="c" name="t">${output}</testcase>`.repeat(100)}</testsuite>`,
    );
    await writeFile(join(root, "big.xml"), `<testsuites>${suites.join("")}</testsuites>`);
    expect(values(await judge(junit({ report: "big.xml" }), reportContext({ root })))).toMatchObject({
      "tests run": 10_000,
    });
  }, 30_000);
});

describe("junit: stale reports", () => {
  const green = `<testsuite><testcase name="t"/></testsuite>`;

  it("refuses the very file that the last accepted run judged, and takes it once it is written again", async () => {
    const root = await temporaryFolder();
    const file = join(root, "r.xml");
    await writeFile(file, green);
    const first = reportContext({ root });
    await judge(junit({ report: "r.xml" }), first);
    const kept = baselineOf(first);
    const error = await errorOf(() => judge(junit({ report: "r.xml" }), reportContext({ root }, kept)));
    expect(error).toMatchObject({
      code: "REPORT_INVALID",
      message: expect.stringContaining("r.xml"),
      hint: expect.stringContaining("allowStale"),
    });
    expect(
      (await judge(junit({ report: "r.xml", allowStale: true }), reportContext({ root }, kept))).outcome,
    ).toBe("passed");
    await utimes(file, new Date(), new Date(Date.now() + 5_000));
    expect((await judge(junit({ report: "r.xml" }), reportContext({ root }, kept))).outcome).toBe("passed");
  });

  it("takes its own reports again where the accepted run goes on", async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, "r.xml"), green);
    const first = reportContext({ root, run: "run-7" });
    await judge(junit({ report: "r.xml" }), first);
    const kept = baselineOf(first);
    expect(
      (await judge(junit({ report: "r.xml" }), reportContext({ root, run: "run-7" }, kept))).outcome,
    ).toBe("passed");
    await errorOf(() => judge(junit({ report: "r.xml" }), reportContext({ root, run: "run-8" }, kept)));
  });

  it("refuses a report older than maxAge", async () => {
    const root = await temporaryFolder();
    const file = join(root, "r.xml");
    await writeFile(file, green);
    expect((await judge(junit({ report: "r.xml", maxAge: "1h" }), reportContext({ root }))).outcome).toBe(
      "passed",
    );
    await utimes(file, new Date(), new Date(Date.now() - 2 * 3_600_000));
    const error = await errorOf(() =>
      judge(junit({ report: "r.xml", maxAge: "1h" }), reportContext({ root })),
    );
    expect(error.message).toMatch(/^r\.xml was written 2h 00m ago, longer than the 1h 00m allowed/);
  });

  it("refuses a report that was written before the run began, unless that is meant", async () => {
    const root = await temporaryFolder();
    const file = join(root, "r.xml");
    await writeFile(file, green);
    const startedAt = Date.now();
    await utimes(file, new Date(), new Date(startedAt - 60_000));
    const error = await errorOf(() => judge(junit({ report: "r.xml" }), reportContext({ root, startedAt })));
    expect(error.code).toBe("REPORT_INVALID");
    expect(error.message).toMatch(/^r\.xml was written 1m 00s before this run began/);
    const meant = junit({ report: "r.xml", allowStale: true });
    expect((await judge(meant, reportContext({ root, startedAt }))).outcome).toBe("passed");
    await utimes(file, new Date(), new Date(startedAt));
    expect((await judge(junit({ report: "r.xml" }), reportContext({ root, startedAt }))).outcome).toBe(
      "passed",
    );
  });
});

describe("junit: options", () => {
  it.each<[string, unknown, string]>([
    ["no object", undefined, "must be an object"],
    ["no report", {}, "report must be a path"],
    ["an empty list", { report: [] }, "report must be a path"],
    ["a blank pattern", { report: ["a.xml", " "] }, "report must be a path"],
    [
      "NaN",
      { report: "a.xml", maxFailures: Number.NaN },
      "maxFailures must be a whole number of at least 0, got NaN",
    ],
    ["Infinity", { report: "a.xml", maxFlaky: Infinity }, "maxFlaky must be"],
    ["a negative number", { report: "a.xml", maxSkipped: -1 }, "maxSkipped must be"],
    ["a fraction", { report: "a.xml", maxFailures: 0.5 }, "maxFailures must be"],
    ["a text for a number", { report: "a.xml", maxFailures: "3" }, `got "3"`],
    ["null", { report: "a.xml", maxFailures: null }, "got null"],
    [
      "minTests of 0",
      { report: "a.xml", minTests: 0 },
      "minTests must be a whole number of at least 1, got 0",
    ],
    ["a misspelt option", { report: "a.xml", maxFailure: 3 }, "there is no option maxFailure"],
    ["a wrong length of time", { report: "a.xml", maxAge: "soon" }, "maxAge must be a length of time"],
    [
      "a text for a flag",
      { report: "a.xml", newFailuresOnly: "yes" },
      "newFailuresOnly must be true or false",
    ],
    ["unknown repeats", { report: "a.xml", repeats: "twice" }, "repeats must be one of rerun, separate"],
  ])("refuses %s at once", async (_name, options, message) => {
    const error = await errorOf(() => junit(options as JunitOptions));
    expect(error.code).toBe("DEFINITION_INVALID");
    expect(error.message).toContain(message);
    expect(error.hint).toBeTruthy();
  });

  it("says everything that is wrong at once", async () => {
    const error = await errorOf(() => junit({ report: [], maxFailures: -1, maxFlaky: Number.NaN }));
    expect(error.message).toMatch(/maxFailures.*maxFlaky.*report/);
  });

  it("makes a spec of plain data", () => {
    const check = junit({ report: "a.xml", maxAge: "5m" });
    expect(check.kind).toBe("junit");
    expect(JSON.parse(JSON.stringify(check.spec))).toEqual(check.spec);
    expect(check.spec).toMatchObject({ maxFailures: 0, minTests: 1, maxAge: 300_000 });
  });
});

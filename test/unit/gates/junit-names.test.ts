import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { junit, type JunitOptions } from "../../../src/gates/index.ts";
import type { TestNames } from "../../../src/model/index.ts";
import { encodeRecord } from "../../../src/stores/_shared/record.ts";
import { testToken } from "../../../src/util/test-token.ts";
import { errorOf, judge, reportContext, temporaryFolder } from "./support.ts";

async function namesIn(file: string, options: Partial<JunitOptions> = {}, root?: string): Promise<TestNames> {
  const context = reportContext(root === undefined ? {} : { root });
  await judge(junit({ report: file, maxFailures: 30_000, ...options }), context);
  const reported = context.events.flatMap((event) => (event.type === "tests.reported" ? [event.tests] : []));
  expect(reported).toHaveLength(1);
  return reported[0] as TestNames;
}

async function namesOf(xml: string, options: Partial<JunitOptions> = {}): Promise<TestNames> {
  const root = await temporaryFolder();
  await writeFile(join(root, "r.xml"), xml);
  return await namesIn("r.xml", options, root);
}

describe("junit: the names of tests", () => {
  it("are class and name, each once, and a rerun that passed is flaky", async () => {
    expect(await namesIn("junit/gotestsum-rerun.xml")).toEqual({
      passed: ["example.com/shop/cart > TestDiscount/none", "example.com/shop/cart > TestTotal"],
      failed: ["example.com/shop/cart > TestDiscount", "example.com/shop/cart > TestDiscount/ten_<per>_cent"],
      flaky: ["example.com/shop/cart > TestFlaky"],
    });
    expect(await namesIn("junit/surefire-flaky.xml")).toEqual({
      passed: ["com.example.shop.CartTest > addsTwo", "com.example.shop.CartTest > ships"],
      failed: [],
      flaky: ["com.example.shop.CartTest > settles"],
    });
    expect((await namesIn("junit/surefire-failed.xml")).failed).toContain(
      "com.example.shop.StockTest > reserves",
    );
  });

  it("are the path of suites where there is no class worth the name", async () => {
    expect(await namesIn("junit/nested.xml")).toEqual({
      passed: ["shop > cart > adds", "shop > cart > vouchers > apply", "shop > starts", "shop > stops"],
      failed: ["shop > cart > vouchers > expire"],
      flaky: [],
    });
    // As Node's own runner writes it: every test is of the class "test".
    const names = await namesOf(`<testsuites>
      <testsuite name="cart"><testcase name="works" classname="test"/><testsuite name="inner"><testcase name="works" classname="test"/></testsuite></testsuite>
      <testsuite name="stock"><testcase name="works" classname="test"><failure/></testcase></testsuite>
      <testcase name="alone" classname="test"/></testsuites>`);
    expect(names).toEqual({
      passed: ["alone", "cart > inner > works", "cart > works"],
      failed: ["stock > works"],
      flaky: [],
    });
  });

  it("keep params apart, leave skipped tests out and hold no control characters", async () => {
    const names = await namesOf(`<testsuite name="s">
      <testcase classname="t.Sum" name="adds[1-2]"/><testcase classname="t.Sum" name="adds[2-2]"><failure/></testcase>
      <testcase classname="t.Sum" name="waits"><skipped/></testcase>
      <testcase classname="t.Sum" name="a&#27;[31m &#10;b"/></testsuite>`);
    expect(names).toEqual({
      passed: ["t.Sum > a [31m b", "t.Sum > adds[1-2]"],
      failed: ["t.Sum > adds[2-2]"],
      flaky: [],
    });
  });

  it("take the worse of two tests of one name", async () => {
    const shards = `<testsuites><testsuite name="a"><testcase classname="c" name="t"/></testsuite>
      <testsuite name="b"><testcase classname="c" name="t"><failure/></testcase></testsuite></testsuites>`;
    expect(await namesOf(shards)).toEqual({ passed: [], failed: ["c > t"], flaky: [] });
  });

  it("are cut where nobody reads them to the end, and stay apart", async () => {
    const long = "x".repeat(5_000);
    const { passed } = await namesOf(
      `<testsuite name="s"><testcase name="${long}1"/><testcase name="${long}2"/></testsuite>`,
    );
    expect(passed).toHaveLength(2);
    expect(Math.max(...passed.map((name) => name.length))).toBeLessThan(420);
  });

  it("are told although the gate refuses, and not where the report cannot be used", async () => {
    const context = reportContext();
    expect((await judge(junit({ report: "junit/jest.xml" }), context)).outcome).toBe("failed");
    expect(context.events.map((event) => event.type)).toEqual(["tests.reported"]);
    const unusable = reportContext();
    await errorOf(() => judge(junit({ report: "junit/broken/truncated.xml" }), unusable));
    expect(unusable.events).toEqual([]);
  });
});

describe("junit: 20,000 tests", () => {
  const suite = (outcome: string): string =>
    Array.from(
      { length: 20_000 },
      (_, index) =>
        `<testcase classname="com.example.shop.module${index % 50}.SomethingServiceTest" name="does what it should in case ${index}">${outcome}</testcase>`,
    ).join("");

  it("make a record of some 250 kB: those that passed by digests, those that failed by name", async () => {
    const bad = `<testcase classname="C" name="bad"><failure/></testcase>`;
    const names = await namesOf(`<testsuite name="s">${suite("")}${bad}</testsuite>`);
    expect(names.failed).toEqual(["C > bad"]);
    const token = testToken("com.example.shop.module7.SomethingServiceTest > does what it should in case 7");
    expect(names.passed).toContain(`#${token}`);
    expect(new Set(names.passed).size).toBe(20_000);
    const record = encodeRecord({ type: "tests.reported", at: 1, node: "judge/tests", tests: names });
    expect(record.length).toBeLessThan(260_000);
  });

  it("name a thousand where all of them fail", async () => {
    const { failed } = await namesOf(`<testsuite name="s">${suite("<failure/>")}</testsuite>`);
    expect(failed).toHaveLength(20_000);
    expect(failed.filter((name) => name.startsWith("com."))).toHaveLength(1_000);
  });
});

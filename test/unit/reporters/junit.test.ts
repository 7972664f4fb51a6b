import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { XMLParser } from "fast-xml-parser";
import fc from "fast-check";
import { expect, test } from "vitest";
import { junit } from "../../../src/reporters/junit.ts";
import { logTail, xmlText } from "../../../src/reporters/junit/xml-text.ts";
import { failedRun, passedRun, type RunFixture, suspendedRun } from "../../fixtures/events.ts";
import { golden, scratch, tell } from "./support.ts";

async function written(
  run: RunFixture,
  options: { readonly files?: boolean; readonly logBytes?: number } = {},
): Promise<string> {
  await using folder = await scratch();
  const { logBytes, ...told } = options;
  const reporter = junit({ file: "reports/pipeline.xml", ...(logBytes === undefined ? {} : { logBytes }) });
  await tell(reporter, run, { ...told, root: folder.path });
  expect(await readdir(path.join(folder.path, "reports"))).toEqual(["pipeline.xml"]);
  return await readFile(path.join(folder.path, "reports/pipeline.xml"), "utf8");
}

test.each([
  ["failed", failedRun()],
  ["passed", passedRun()],
  ["suspended", suspendedRun()],
])("a run that ended %s", async (name, run) => {
  const xml = await written(run);
  await expect(xml).toMatchFileSnapshot(golden(`junit-${name}.xml`));
});

test("counts are those of the cases", async () => {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    isArray: (name) => ["testsuite", "testcase"].includes(name),
  });
  const { testsuites } = parser.parse(await written(failedRun())) as {
    testsuites: {
      tests: string;
      failures: string;
      skipped: string;
      testsuite: { tests: string; testcase: object[] }[];
    };
  };
  const cases = testsuites.testsuite.flatMap((suite) => suite.testcase);
  expect(testsuites).toMatchObject({
    tests: String(cases.length),
    failures: String(cases.filter((one) => "failure" in one).length),
    skipped: String(cases.filter((one) => "skipped" in one).length),
  });
  for (const suite of testsuites.testsuite) expect(suite.tests).toBe(String(suite.testcase.length));
});

test("a failure holds whole lines from the end of its log, with and without log files", async () => {
  for (const files of [true, false]) {
    const xml = await written(failedRun(), { files, logBytes: 60 });
    expect(xml).toContain("…\ncurl: (22) The requested URL returned error: 503</failure>");
  }
});

test("a report from before stays when the new one cannot be written", async () => {
  await using folder = await scratch();
  await writeFile(path.join(folder.path, "taken"), "a file where a folder is needed");
  const reporter = junit({ file: "taken/pipeline.xml" });
  await expect(tell(reporter, passedRun(), { root: folder.path })).rejects.toMatchObject({
    code: "STATE_UNWRITABLE",
    path: "taken/pipeline.xml",
  });
  expect(await readdir(folder.path)).toEqual(["taken"]);
});

test("any text becomes one that XML can hold", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
      (text) => {
        for (const character of xmlText(text)) {
          const point = character.codePointAt(0) ?? 0;
          const isXml =
            point === 9 ||
            point === 10 ||
            (point >= 0x20 && point <= 0xd7ff) ||
            (point >= 0xe000 && point <= 0xfffd) ||
            point >= 0x10000;
          expect(isXml, point.toString(16)).toBe(true);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test("a tail that was cut begins with a whole line", () => {
  expect(logTail({ bytes: Buffer.from("lf a line\nwhole\n"), cut: true })).toBe("…\nwhole\n");
  expect(logTail({ bytes: Buffer.from("all\n"), cut: false })).toBe("all\n");
});

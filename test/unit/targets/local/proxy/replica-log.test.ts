import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lastLines, limitLog, logTail } from "../../../../../src/targets/local/proxy/replica-log.ts";

let folder: string;
let log: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-log-"));
  log = join(folder, "0.log");
});
afterEach(() => rm(folder, { recursive: true }));

describe("limitLog", () => {
  it("leaves a log below the limit alone", async () => {
    await writeFile(log, "short");
    await limitLog(log, 100);
    expect(await readFile(log, "utf8")).toBe("short");
  });

  it("sets a log above the limit aside, in place of the one before", async () => {
    await writeFile(`${log}.1`, "older");
    await writeFile(log, "x".repeat(200));
    await limitLog(log, 100);
    await appendFile(log, "new");
    expect(await readFile(log, "utf8")).toBe("new");
    expect(await readFile(`${log}.1`, "utf8")).toBe("x".repeat(200));
  });

  it("has nothing to do where there is no log", async () => {
    await expect(limitLog(log, 1)).resolves.toBeUndefined();
  });
});

describe("logTail", () => {
  it("gives the end of the log", async () => {
    await writeFile(log, "one\ntwo\nthree\n");
    expect(await logTail(log)).toBe("one\ntwo\nthree");
    expect(await logTail(log, 10)).toBe("three");
  });

  it("never gives a line that is cut at the front", async () => {
    await writeFile(log, `the secret is hunter2\n${"x".repeat(10)}\n`);
    expect(await logTail(log, 15)).toBe("x".repeat(10));
    await writeFile(log, "y".repeat(100));
    expect(await logTail(log, 15)).toBe("");
  });

  it("is empty where there is no log", async () => {
    expect(await logTail(join(folder, "none.log"))).toBe("");
  });
});

describe("lastLines", () => {
  it("keeps the last lines and cuts long ones", () => {
    expect(lastLines("a\nb\nc", 2)).toBe("b\nc");
    expect(lastLines("abcdef\nxy", 2, 3)).toBe("abc…\nxy");
  });
});

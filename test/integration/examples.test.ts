import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { copyOf, start } from "./examples-kit.ts";

describe("01-quickstart", () => {
  it("passes, and has ten lines", async () => {
    const { code, output } = await start(copyOf("01-quickstart"), "pipeline.ts");
    expect(output).toContain(`${process.version} says hello`);
    expect(code).toBe(0);
  });
});

describe("02-ai-query-service", () => {
  it(
    "releases, takes each kind of bad release back, and shows what is live",
    { timeout: 300_000 },
    async () => {
      const folder = copyOf("02-ai-query-service");
      const run = (...args: string[]) => start(folder, "pipeline.ts", args);
      onTestFinished(async () => {
        await run("stop", "production");
        await run("stop", "staging");
      });
      const unattended = await run();
      expect(unattended.code).toBe(75);
      const released = await run("--yes");
      expect(released.output).toContain("revision 1 is live");
      expect(released.output).toMatch(/hit rate@5 0\.9\d+/);
      expect(released.code).toBe(0);
      for (const [fault, reason] of [
        ["errors", /taken back: errors \d+/],
        ["latency", /taken back: slower than .*latency p95/],
        ["answers", /taken back: answers/],
      ] as const) {
        const broken = await run("--yes", "--break", fault);
        expect(broken.output).toMatch(reason);
        expect(broken.output).toContain("revision 1 is live again");
        expect(broken.code).toBe(1);
      }
      const status = await run("status", "production");
      expect(status.output).toMatch(/live +revision 1/);
      expect(status.output).toMatch(/aborted +revision/);
      const history = await run("history", "production");
      expect(
        history.output
          .trim()
          .split("\n")
          .map((line) => line.split(/ +revision/)[0]),
      ).toEqual(["aborted", "aborted", "aborted", "live"]);
      const stopped = await run("stop", "production");
      expect(stopped.code).toBe(0);
    },
  );
});

describe("03-monorepo-matrix", () => {
  it("tests every package where nothing can be known of changes, and plans without running", async () => {
    const folder = copyOf("03-monorepo-matrix");
    const plan = await start(folder, "pipeline.ts", ["plan"]);
    expect(plan.code).toBe(0);
    expect(plan.output).toContain("api[locale=en]");
    const { code, output } = await start(folder, "pipeline.ts", ["--all"]);
    expect(code).toBe(0);
    expect(output).toContain("7 passed");
  });
});

describe("04-embedded", () => {
  it("shows its own lines", async () => {
    const { code, output } = await start(copyOf("04-embedded"), "tool.ts");
    expect(output).toContain("checking 4 things");
    expect(output).toContain('lines counted: {"files":12,"lines":480}');
    expect(code).toBe(0);
  });
});

describe("05-cached-build", () => {
  it("renders what has changed, and takes the rest from the cache", async () => {
    const folder = copyOf("05-cached-build");
    const first = await start(folder, "pipeline.ts");
    expect(first.output).toContain("render/en cache miss: never run here");
    expect(first.code).toBe(0);
    rmSync(join(folder, "build"), { recursive: true });
    const second = await start(folder, "pipeline.ts");
    expect(second.output).toContain("3 results from the cache, which saved");
    expect(readFileSync(join(folder, "build/de/hafen.html"), "utf8")).toContain("<h1>Hafen</h1>");
    writeFileSync(join(folder, "pages/de/hafen.md"), "# Hafen\n\nDie Fähre fährt um neun.\n");
    const plan = await start(folder, "pipeline.ts", ["plan"]);
    expect(plan.output).toContain("not in the cache: pages/de/hafen.md differs");
    expect(plan.output).toContain("cache: decided when render/de has run");
    const third = await start(folder, "pipeline.ts");
    expect(third.output).toContain("render/de cache miss: pages/de/hafen.md differs");
    expect(third.output).toContain("1 result from the cache, which saved");
    expect(readFileSync(join(folder, "build/de/hafen.html"), "utf8")).toContain("um neun");
    expect(third.code).toBe(0);
  });
});

describe("06-cloud-agnostic", () => {
  it("releases on this machine what it would release in any cloud, and goes back", async () => {
    const folder = copyOf("06-cloud-agnostic");
    const run = (...args: string[]) => start(folder, "pipeline.ts", args);
    onTestFinished(async () => {
      await run("stop", "greeter");
    });
    const first = await run();
    expect(first.output).toMatch(/verify\/answers .*passed/);
    const [, url = ""] = /revision 1 at (http:\S+)/.exec(first.output) ?? [];
    const answer = async () => (await fetch(`${url}/there`)).text();
    expect(await answer()).toBe("hello from /there\n");
    expect(first.code).toBe(0);
    const again = await run();
    expect(again.output).not.toContain("revision 2");
    expect(again.code).toBe(0);
    const second = await run("--greeting", "servus");
    expect(second.output).toContain("revision 2 is live");
    expect(await answer()).toBe("servus from /there\n");
    const status = await run("status");
    expect(status.output).toMatch(/live +revision 2 .*2 ready/);
    expect((await run("rollback", "greeter")).code).toBe(0);
    expect(await answer()).toBe("hello from /there\n");
    const history = await run("history", "greeter");
    expect(history.output.match(/revision \d/g)).toEqual(["revision 3", "revision 2", "revision 1"]);
    expect((await run("stop", "greeter")).code).toBe(0);
    await expect(answer()).rejects.toThrow();
  });

  it.each([
    ["azure", "subscription must be the subscription's id, a UUID"],
    ["gcp", "location must be a region or a zone, such as europe-west1"],
  ])("says of %s what is missing, before anything runs", async (cloud, says) => {
    const { code, output } = await start(copyOf("06-cloud-agnostic"), "pipeline.ts", ["--cloud", cloud]);
    expect(output).toContain(says);
    expect(output).not.toContain("build/bundle");
    expect(code).toBe(2);
  });
});

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { tempFolder } from "../fixtures/temp-folder.ts";

const REPO = fileURLToPath(new URL("../..", import.meta.url));
const TSX = new URL("../../node_modules/tsx/dist/loader.mjs", import.meta.url).href;
const GENERATED = ["/.sluice", "/build", "/reports"];

/** A copy of an example in a folder of its own, so that its state is its own too. */
function copyOf(example: string): string {
  const folder = tempFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(REPO, join(folder, "node_modules/sluice"));
  for (const name of ["zod", "tsx"])
    symlinkSync(join(REPO, "node_modules", name), join(folder, "node_modules", name));
  const from = join(REPO, "examples", example);
  const to = join(folder, example);
  cpSync(from, to, { recursive: true, filter: (path) => !GENERATED.includes(path.slice(from.length)) });
  return to;
}

function start(
  folder: string,
  program: string,
  args: readonly string[] = [],
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ["--import", TSX, join(folder, program), ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    child.on("close", (code) => {
      resolve({ code, output });
    });
  });
}

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

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { glob } from "tinyglobby";
import { describe, expect, it } from "vitest";
import { readGlobs } from "../../../src/cache/files/globs.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

const PATHS = [
  ".env",
  "README.md",
  "package.json",
  "src",
  "src.ts/x",
  "srcs/a.ts",
  "packages/api/src/a.ts",
  "packages/api/src/b.test.ts",
  "packages/api/.hidden/c.ts",
  "packages/api/package.json",
  "packages/web/src/deep/er/d.tsx",
  "packages/web/(group)/page.tsx",
  "packages/web/[id]/page.tsx",
]
  .filter((path) => path !== "src")
  .sort();

describe("globs", () => {
  it.each([
    [["**"], PATHS],
    [["."], PATHS],
    [["packages/api"], PATHS.filter((path) => path.startsWith("packages/api/"))],
    [["packages/api/"], PATHS.filter((path) => path.startsWith("packages/api/"))],
    [["./packages/api/**"], PATHS.filter((path) => path.startsWith("packages/api/"))],
    [["src/**"], []],
    [["*.json"], ["package.json"]],
    [["**/*.json", "!packages/**"], ["package.json"]],
    [["!packages/**", "**/*.json"], ["package.json"]],
    [
      ["packages/{api,web}/**/*.ts"],
      ["packages/api/.hidden/c.ts", "packages/api/src/a.ts", "packages/api/src/b.test.ts"],
    ],
    [["packages/api/src/!(*.test).ts"], ["packages/api/src/a.ts"]],
    [["*/api", "!p*"], []],
    [["package.json", "package.json", "*.json"], ["package.json"]],
  ])("%j mean %j", async (globs, expected) => {
    expect((await readGlobs(globs)).select(PATHS)).toEqual(expected);
  });

  it("say which of them mean nothing", async () => {
    const globs = await readGlobs(["packages/**", "nope/*", "README.md", "!README.md"]);
    expect(globs.idle(PATHS)).toEqual(["nope/*", "README.md"]);
  });

  it("mean the same files as for artifacts", async () => {
    const root = tempFolder();
    for (const path of PATHS) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), "");
    }
    const part = fc.constantFrom(
      "packages",
      "api",
      "web",
      "src",
      "*",
      "**",
      "*.ts",
      "p*",
      "{api,web}",
      "a.ts",
      ".hidden",
    );
    const pattern = fc
      .tuple(fc.boolean(), fc.array(part, { minLength: 1, maxLength: 4 }))
      // The library does not look at folders above where it begins, which only `!…*` can leave out; see above for these.
      .map(
        ([except, parts]) =>
          `${except ? "!" : ""}${parts.join("/")}${except && parts.at(-1) !== "**" ? "/**" : ""}`,
      );
    const some = fc.array(pattern, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(some, async (globs) => {
        fc.pre(globs.some((one) => !one.startsWith("!")));
        const theirs = await glob(globs, { cwd: root, dot: true, onlyFiles: true });
        const ours = await readGlobs(globs);
        expect(ours.select(PATHS)).toEqual(theirs.sort());
        expect(PATHS.filter((path) => ours.test(path))).toEqual(theirs);
      }),
      { numRuns: 300 },
    );
  });
});

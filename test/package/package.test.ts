import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENTRIES, exportsMap, outputOf, PROGRAMS } from "../../scripts/entries.mjs";
import { createBareProject, ROOT, type BareProject } from "./bare-project.ts";

const SPECIFIERS = Object.keys(ENTRIES).map((subpath) => subpath.replace(".", "sluice"));

/** A module hook that notes the address of every module loaded. */
const TRACE = `
import { register } from "node:module";
register("./hooks.mjs", import.meta.url);
`;
const HOOKS = `
import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
  appendFileSync(process.env.TRACE_FILE, url + "\\n");
  return next(url, context);
}
`;

describe("the packed package", () => {
  let project: BareProject;

  beforeAll(async () => {
    project = await createBareProject(["@types/node", "undici-types"]);
    await project.write("trace.mjs", TRACE);
    await project.write("hooks.mjs", HOOKS);
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("exports what the list of entries says", async () => {
    const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
      exports: unknown;
      bin: Record<string, string>;
    };
    expect(manifest.exports).toEqual(exportsMap());
    expect(manifest.bin).toEqual({ sluice: "dist/bin.js" });
  });

  it("holds every entry with its types, every program, and nothing that users do not need", () => {
    const wanted = [
      ...Object.keys(ENTRIES).flatMap((subpath) => [
        `dist/${outputOf(subpath)}.js`,
        `dist/${outputOf(subpath)}.d.ts`,
      ]),
      ...Object.keys(PROGRAMS).map((name) => `dist/${name}.js`),
      "LICENSE",
      "README.md",
      "package.json",
    ];
    expect(wanted.filter((file) => !project.files.includes(file))).toEqual([]);
    const others = project.files.filter(
      (file) => !/^dist\/.+(\.js|\.d\.ts)$/.test(file) && !wanted.includes(file),
    );
    expect(others).toEqual([]);
  });

  it("has a command that a shell can start", async () => {
    const bin = join(project.folder, "node_modules", "sluice", "dist", "bin.js");
    expect(await readFile(bin, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect((await stat(bin)).mode & 0o111).toBe(0o111);
  });

  it.each(SPECIFIERS)(
    "%s can be imported with nothing but the package's own dependencies",
    async (specifier) => {
      const code = `import * as entry from "${specifier}"; console.log(Object.keys(entry).length);`;
      const { stdout, stderr } = await project.node(["--input-type=module", "--eval", code]);
      expect(stderr).toBe("");
      expect(Number(stdout)).toBeGreaterThan(0);
    },
  );

  it("loads no other package when the root is imported", async () => {
    const trace = join(project.folder, "trace.txt");
    await project.write("root.mjs", `import "sluice";`);
    await project.node(["--import", "./trace.mjs", "root.mjs"], { TRACE_FILE: trace });
    const loaded = (await readFile(trace, "utf8")).trim().split("\n");
    expect(loaded.filter((url) => url.includes("node_modules/sluice/dist/index.js"))).toHaveLength(1);
    expect(loaded.filter((url) => /node_modules\/(?!sluice\/)/.test(url))).toEqual([]);
    expect(loaded.filter((url) => url.includes("/hooks.mjs") || url.startsWith("node:http"))).toEqual([]);
  });

  it("notices a package that is loaded, so that the test above can fail", async () => {
    const trace = join(project.folder, "trace-heavy.txt");
    await project.write("heavy.mjs", `import "execa";`);
    await project.node(["--import", "./trace.mjs", "heavy.mjs"], { TRACE_FILE: trace });
    expect(await readFile(trace, "utf8")).toMatch(/node_modules\/execa\//);
  });

  it.each(["NodeNext", "Bundler"] as const)(
    "has types for every entry that check without skipLibCheck (%s)",
    async (mode) => {
      const path = join(project.folder, `consumer-${mode}.ts`);
      const imports = SPECIFIERS.map((specifier, index) => `import * as m${index} from "${specifier}";`);
      const uses = SPECIFIERS.map((_, index) => `m${index}`).join(", ");
      await project.write(
        `consumer-${mode}.ts`,
        `${imports.join("\n")}\nexport const entries: unknown[] = [${uses}];\n`,
      );
      const program = ts.createProgram([path], {
        target: ts.ScriptTarget.ES2022,
        lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
        module: mode === "NodeNext" ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext,
        moduleResolution:
          mode === "NodeNext" ? ts.ModuleResolutionKind.NodeNext : ts.ModuleResolutionKind.Bundler,
        types: ["node"],
        typeRoots: [join(project.folder, "node_modules", "@types")],
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
      });
      const problems = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
        return `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
      });
      expect(problems).toEqual([]);
    },
  );
});

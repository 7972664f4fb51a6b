import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { build } from "../../scripts/build.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = join(HERE, "..", "..");

/** Every other file of this folder is compiled, never run; `@ts-expect-error` says what must not compile. */
const files = readdirSync(HERE).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));

function problemsOf(program: ts.Program, path: string): string[] {
  const source = program.getSourceFile(path);
  if (source === undefined) return [`${path} was not compiled`];
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText, start }) => {
      const line = source.getLineAndCharacterOfPosition(start ?? 0).line + 1;
      return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    },
  );
}

describe("types", () => {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  let program: ts.Program;

  beforeAll(async () => {
    // A file may import the package by its name.
    await build({ ifStale: true });
    program = ts.createProgram(
      files.map((file) => join(HERE, file)),
      options,
    );
  });

  it("finds files", () => {
    expect(files).not.toEqual([]);
  });

  it.each(files)("%s compiles, and what it expects not to compile does not", (file) => {
    expect(problemsOf(program, join(HERE, file))).toEqual([]);
  });

  it("reports an expected error that has vanished", () => {
    const path = join(HERE, "vanished.ts");
    const text = `// @ts-expect-error a number is no string\nexport const fine: string = "text";\n`;
    const host = ts.createCompilerHost(options);
    const original = host.getSourceFile.bind(host);
    host.getSourceFile = (name, languageVersion) =>
      name === path ? ts.createSourceFile(name, text, languageVersion) : original(name, languageVersion);
    const virtual = ts.createProgram({
      rootNames: [path],
      options: { ...options, noLib: true, types: [] },
      host,
    });
    expect(problemsOf(virtual, path)).toEqual(["line 1: Unused '@ts-expect-error' directive."]);
  });
});

/**
 * Compiles every `@example` of the docstrings, and every `ts` block of the Markdown pages that is a whole program (it
 * imports from `sluice`), as a user's file would be, with `sluice` standing for the sources. An `@example` may leave out
 * the imports of what its own file, the package or its own folder exports, and use what `examples-context.d.ts` declares.
 */
import { readdirSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { glob } from "tinyglobby";
import ts from "typescript";
import { ENTRIES } from "./entries.mjs";
import { ROOT } from "./lib.mjs";

/** Inside the repository, so that packages are found; ignored by git. */
const FOLDER = join(ROOT, ".examples");

/** What a program on a page may import from `./pipeline.js`: what the pages' own pipelines export. */
const USERS_PIPELINE = 'declare const pipe: import("sluice").Pipeline;\nexport default pipe;\n';

/** TypeScript's codes for a name that nobody declares. */
const UNDECLARED = new Set([2304, 2503, 2552, 18004]);

const blocks = [...(await docstringExamples()), ...(await markdownPrograms())];
await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER);
try {
  const problems = await compile(blocks);
  for (const problem of problems) console.error(problem);
  if (blocks.length === 0) console.error("no example was found");
  if (problems.length > 0 || blocks.length === 0) process.exitCode = 1;
  else console.log(`${blocks.length} examples compile`);
} finally {
  await rm(FOLDER, { recursive: true, force: true });
}

async function docstringExamples() {
  const found = [];
  for (const file of (await glob("src/**/*.ts", { cwd: ROOT })).sort()) {
    const text = await readFile(join(ROOT, file), "utf8");
    for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
      for (const example of comment[0].matchAll(/@example[\s\S]*?(?=\n\s*\*\s*@\w|\*\/)/g)) {
        const examples = fencedBlocks(text, file, comment.index + example.index, example[0], /^\s*\* ?/);
        found.push(...examples.map((block) => ({ ...block, implicit: true })));
      }
    }
  }
  return found;
}

async function markdownPrograms() {
  const found = [];
  const pages = ["README.md", "docs/**/*.md", "examples/**/*.md"];
  for (const file of (
    await glob(pages, { cwd: ROOT, ignore: ["docs/reference/api/**", "**/node_modules/**"] })
  ).sort()) {
    const text = await readFile(join(ROOT, file), "utf8");
    found.push(
      ...fencedBlocks(text, file, 0, text, /^/).filter((block) => /from "sluice[/"]/.test(block.code)),
    );
  }
  return found;
}

/** The ```ts blocks of `part`, which starts at `offset` of the file's text. */
function fencedBlocks(text, file, offset, part, margin) {
  const found = [];
  for (const match of part.matchAll(/```ts[^\n]*\n([\s\S]*?)\n[ \t*]*```/g)) {
    const start = offset + match.index + match[0].indexOf("\n") + 1;
    const code = match[1]
      .split("\n")
      .map((line) => line.replace(margin, ""))
      .join("\n");
    found.push({ file, line: text.slice(0, start).split("\n").length, code });
  }
  return found;
}

/** Problems as `file:line: message`, in the place where the example stands. */
async function compile(examples) {
  const origins = new Map(examples.map((example, index) => [join(FOLDER, `example-${index}.ts`), example]));
  const probe = join(FOLDER, "probe.ts");
  const subpaths = Object.keys(ENTRIES).map((subpath) => subpath.replace(".", "sluice"));
  await writeFile(
    probe,
    subpaths.map((name, index) => `import type * as m${index} from "${name}";`).join("\n"),
  );
  for (const [path, example] of origins) await writeFile(path, programOf(example, []));
  await writeFile(join(FOLDER, "pipeline.ts"), USERS_PIPELINE);

  const first = programOver([...origins.keys(), probe]);
  const published = namesOf(first, probe, subpaths);
  for (const [path, example] of origins) {
    if (example.implicit)
      await writeFile(path, programOf(example, missingImports(first, path, example, published)));
  }
  return ts.getPreEmitDiagnostics(programOver([...origins.keys(), probe], first)).map((diagnostic) => {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n  ");
    if (diagnostic.file === undefined) return message;
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
    const origin = origins.get(diagnostic.file.fileName);
    if (origin === undefined) return `${relative(ROOT, diagnostic.file.fileName)}:${line + 1}: ${message}`;
    return `${origin.file}:${origin.line + line - 1}: ${message}`;
  });
}

/** Imports stand in the first line, and an `export` makes it a module, so that its names are its own. */
function programOf(example, imports) {
  return `${imports.join(" ")}\n${example.code}\nexport {};\n`;
}

function programOver(files, oldProgram) {
  const sources = Object.entries(ENTRIES).map(([subpath, source]) => [
    subpath.replace(".", "sluice"),
    [join(ROOT, source)],
  ]);
  const { options } = ts.parseJsonConfigFileContent(
    {
      extends: "../tsconfig.json",
      // What is imported for an example may be a type or a value.
      compilerOptions: {
        verbatimModuleSyntax: false,
        isolatedModules: false,
        paths: Object.fromEntries(sources),
      },
    },
    ts.sys,
    FOLDER,
  );
  const context = join(ROOT, "scripts", "examples-context.d.ts");
  return ts.createProgram({ rootNames: [...files, context], options, oldProgram });
}

/** Each exported name and the subpath to import it from; the first that has it. */
function namesOf(program, probe, subpaths) {
  const checker = program.getTypeChecker();
  const names = new Map();
  const imports = program.getSourceFile(probe).statements.filter(ts.isImportDeclaration);
  for (const [index, { moduleSpecifier }] of imports.entries()) {
    const module = checker.getSymbolAtLocation(moduleSpecifier);
    if (module === undefined) continue;
    for (const { name } of checker.getExportsOfModule(module)) {
      if (!names.has(name)) names.set(name, subpaths[index]);
    }
  }
  return names;
}

/** Import lines for the names that a block uses and nobody declares. */
function missingImports(program, path, example, published) {
  const source = program.getSourceFile(path);
  const unknown = new Set();
  for (const { code, start, length } of program.getSemanticDiagnostics(source)) {
    if (UNDECLARED.has(code)) unknown.add(source.text.slice(start, start + length));
  }
  return [...unknown].flatMap((name) => {
    const file = [example.file, ...siblingsOf(example.file)].find((candidate) =>
      exportsName(candidate, name),
    );
    if (file === example.file || !published.has(name)) {
      return file === undefined ? [] : [`import { ${name} } from "../${file}";`];
    }
    return [`import { ${name} } from "${published.get(name)}";`];
  });
}

function siblingsOf(file) {
  return readdirSync(join(ROOT, dirname(file)))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${dirname(file)}/${name}`);
}

function exportsName(file, name) {
  const text = ts.sys.readFile(join(ROOT, file)) ?? "";
  return new RegExp(`^export (?:async )?(?:const|function|class|type|interface) ${name}\\b`, "m").test(text);
}

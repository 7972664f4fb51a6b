/**
 * The build's second step. tsup gives every set of shared modules a file of its own, some forty on the way of a run. Here
 * what is always loaded together becomes one file: what the root entry needs, and what a run of the command line needs
 * besides. To find, read and link them one by one took longer than everything else that a short run does.
 */
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { rollup } from "rollup";
import { parseAst } from "rollup/parseAst";
import { ENTRIES, outputOf, PROGRAMS, RUN_PATH } from "./entries.mjs";

/** The files that every run loads. */
const HOT = ["index", "core", "run"];

/** Links what tsup has put into `from`, its metafile among it, and writes it to `to`. */
export async function link(from, to) {
  const names = [...Object.keys(ENTRIES).map(outputOf), ...Object.keys(PROGRAMS)];
  const root = join(from, "index.js");
  const runPath = await outputsOf(RUN_PATH, from);
  const bundle = await rollup({
    input: Object.fromEntries(names.map((name) => [name, join(from, `${name}.js`)])),
    external: (id) => !/^[./]/.test(id) && !id.startsWith(from),
    // tsup has left out what nothing uses.
    treeshake: false,
    onwarn: (warning) => {
      throw new Error(warning.message);
    },
  });
  let groups;
  const { output } = await bundle.write({
    dir: to,
    format: "es",
    hoistTransitiveImports: false,
    minifyInternalExports: false,
    manualChunks: (id, { getModuleInfo }) => {
      groups ??= { core: closure([root], getModuleInfo), run: closure(runPath, getModuleInfo) };
      if (id === root) return undefined;
      return groups.core.has(id) ? "core" : groups.run.has(id) ? "run" : undefined;
    },
    // Without the mark that tsup has made the name unique with.
    chunkFileNames: ({ name }) => `${name.replace(/-[A-Z0-9]{8}$/, "")}-[hash].js`,
    plugins: [withoutNamespaces()],
  });
  await bundle.close();
  const hot = output.filter((chunk) => chunk.type === "chunk" && HOT.includes(chunk.name));
  await withoutDynamicImports(
    hot.map((chunk) => chunk.fileName),
    to,
  );
}

/**
 * Puts every `import()` of these files into one small file of functions. tsx rewrites each file that has one, with a
 * source map, which for a file of 200 kB takes some 60 ms of each start.
 */
async function withoutDynamicImports(files, folder) {
  const names = new Map();
  for (const file of files) {
    let text = await readFile(join(folder, file), "utf8");
    const used = new Set();
    for (const { source, start, end } of importExpressions(parseAst(text)).reverse()) {
      if (!names.has(source.value)) names.set(source.value, `load${names.size}`);
      used.add(names.get(source.value));
      text = `${text.slice(0, start)}${names.get(source.value)}()${text.slice(end)}`;
    }
    const head = used.size === 0 ? "" : `import { ${[...used].join(", ")} } from "./lazy.js";\n`;
    await writeFile(join(folder, file), head + text);
  }
  const loaders = [...names].map(
    ([source, name]) => `export const ${name} = () => import(${JSON.stringify(source)});\n`,
  );
  await writeFile(join(folder, "lazy.js"), loaders.join(""));
}

/** All `import("…")` below a node of a syntax tree, in their order. */
function importExpressions(node, found = []) {
  if (node === null || typeof node !== "object") return found;
  if (node.type === "ImportExpression" && node.source.type === "Literal") found.push(node);
  else for (const child of Object.values(node)) importExpressions(child, found);
  return found;
}

/** The files that tsup has made of sources which are loaded with `import()`. */
async function outputsOf(sources, folder) {
  const { outputs } = JSON.parse(await readFile(join(folder, "metafile-esm.json"), "utf8"));
  return sources.map((source) => {
    const [file] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === source) ?? [];
    if (file === undefined) throw new Error(`${source} is not loaded with import() any more`);
    return join(folder, basename(file));
  });
}

/** These modules and all that they load with them. */
function closure(ids, getModuleInfo, found = new Set()) {
  for (const id of ids) {
    const info = getModuleInfo(id);
    if (found.has(id) || info === null || info.isExternal) continue;
    found.add(id);
    closure(info.importedIds, getModuleInfo, found);
  }
  return found;
}

/**
 * Takes Node's modules as they are in the files that every run loads. For an `import` Node makes a namespace, and reads
 * every property for it, among them those for which it loads more of itself (streams of files, for `node:fs`): half a
 * dozen milliseconds in a run that uses none of that.
 */
function withoutNamespaces() {
  return {
    name: "without-namespaces",
    renderChunk(code, { name, type }) {
      if (type !== "chunk" || !HOT.includes(name)) return null;
      let text = code;
      for (const { type: kind, source, specifiers, start, end } of this.parse(code).body.reverse()) {
        if (kind !== "ImportDeclaration" || !source.value.startsWith("node:")) continue;
        const module = `process.getBuiltinModule(${JSON.stringify(source.value)})`;
        const constants = patterns(specifiers).map((pattern) => `${pattern} = ${module}`);
        text = `${text.slice(0, start)}const ${constants.join(", ")};${text.slice(end)}`;
      }
      return { code: text, map: null };
    },
  };
}

/** The names of an `import`, as patterns of a `const`: one for each name of the whole, one for all members. */
function patterns(specifiers) {
  const whole = specifiers.filter(({ type }) => type !== "ImportSpecifier");
  const members = specifiers.filter(({ type }) => type === "ImportSpecifier");
  const names = members.map(({ imported, local }) => `${imported.name}: ${local.name}`);
  return [
    ...whole.map(({ local }) => local.name),
    ...(names.length === 0 ? [] : [`{ ${names.join(", ")} }`]),
  ];
}

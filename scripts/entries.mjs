/**
 * The one list of what the package consists of: the build, the exports map's test, the API reference and the checks
 * read it here.
 */

/** Each subpath that can be imported, and its source. */
export const ENTRIES = {
  ".": "src/index.ts",
  "./deploy": "src/deploy/index.ts",
  "./local": "src/targets/local/index.ts",
  "./gates": "src/gates/index.ts",
  "./ai": "src/ai/index.ts",
  "./reporters": "src/reporters/index.ts",
  "./testing": "src/testing/index.ts",
};

/** Each program that is started and never imported: its file below `dist`, without extension, and its source. */
export const PROGRAMS = {
  bin: "src/cli/bin.ts",
  "targets/local/proxy-main": "src/targets/local/proxy-main.ts",
};

/** An entry's file below `dist`, without extension. All stand directly in `dist`, beside the shared chunks. */
export function outputOf(subpath) {
  return subpath === "." ? "index" : subpath.slice("./".length);
}

/** What `exports` in package.json must say. */
export function exportsMap() {
  const map = {};
  for (const subpath of Object.keys(ENTRIES)) {
    const file = `./dist/${outputOf(subpath)}`;
    map[subpath] = { types: `${file}.d.ts`, default: `${file}.js` };
  }
  return { ...map, "./package.json": "./package.json" };
}

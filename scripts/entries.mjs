/**
 * The one list of what the package consists of: the build, the exports map's test, the API reference and the checks
 * read it here.
 */

/** Each subpath that can be imported, and its source. */
export const ENTRIES = {
  ".": "src/index.ts",
  "./deploy": "src/deploy/index.ts",
  "./local": "src/targets/local/index.ts",
  "./kubernetes": "src/entry-kubernetes.ts",
  "./eks": "src/entry-eks.ts",
  "./aks": "src/entry-aks.ts",
  "./gke": "src/entry-gke.ts",
  "./gates": "src/gates/index.ts",
  "./ai": "src/ai/index.ts",
  "./cache": "src/entry-cache.ts",
  "./metrics": "src/metrics/index.ts",
  "./reporters": "src/reporters/index.ts",
  "./s3": "src/stores/s3/index.ts",
  "./testing": "src/testing/index.ts",
};

/** Each program that is started and never imported: its file below `dist`, without extension, and its source. */
export const PROGRAMS = {
  bin: "src/cli/bin.ts",
  "targets/local/proxy-main": "src/targets/local/proxy-main.ts",
};

/**
 * What a run from the command line loads with `import()`, each time: the build puts it, and all that it needs, into one
 * file.
 */
export const RUN_PATH = [
  "src/cli/main.ts",
  "src/cli/terminal.ts",
  "src/cli/verb-run.ts",
  "src/host/execute.ts",
  "src/executors/shell/execute.ts",
  "src/stores/fs/run-store.ts",
  "src/reporters/plain.ts",
];

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

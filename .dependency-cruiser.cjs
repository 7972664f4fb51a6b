/**
 * The direction of imports, types included:
 *
 *   errors <- util <- model <- ports <- builder <- compile <- engine; strategies on ports
 *
 * An adapter stands on ports and what is below, in a folder of its own. Only `host`, `cli`, `testing` and the entry
 * files put the parts together. What the root entry may load at start is checked in `.dependency-cruiser.static.cjs`.
 */
const BASE = ["errors", "util", "model", "ports"];
const ADAPTERS = [
  "ai",
  "cache",
  "executors",
  "exporters",
  "facts",
  "gates",
  "graph",
  "metrics",
  "notify",
  "providers",
  "registries",
  "reporters",
  "secrets",
  "stores",
  "targets",
];

const folders = (names) => `^src/(${names.join("|")})/`;

/** Files below `from` import, of our own, only what is below `allowed` and what is in their own folder. */
const layer = (from, allowed, comment) => ({
  name: `direction-${from}`,
  comment,
  severity: "error",
  from: { path: folders([from]) },
  to: { path: "^src/", pathNot: folders([from, ...allowed]) },
});

module.exports = {
  forbidden: [
    layer("errors", [], "errors stand on nothing"),
    layer("util", ["errors"], "util stands on errors alone"),
    layer("model", ["errors", "util"], "the model is data: it knows no port and no behaviour"),
    layer(
      "ports",
      ["errors", "util", "model"],
      "ports speak of the model, never of who implements or uses them",
    ),
    layer("builder", BASE, "the builder collects a definition and knows nobody who uses it"),
    layer("compile", [...BASE, "builder"], "the compiler reads the definition and knows no engine"),
    layer(
      "engine",
      [...BASE, "compile"],
      "the engine runs what was compiled against ports and knows no adapter",
    ),
    {
      name: "engine-runs-the-plan",
      comment: "of the compiler the engine knows only the shape of what it makes",
      severity: "error",
      from: { path: "^src/engine/" },
      to: { path: "^src/compile/", dependencyTypesNot: ["type-only"] },
    },
    layer("strategies", BASE, "a strategy drives a port, whatever stands behind it"),
    ...ADAPTERS.map((name) =>
      layer(name, BASE, "an adapter knows ports, never the engine and no other kind of adapter"),
    ),
    {
      name: "no-sibling-adapter",
      comment:
        "an adapter shares with its siblings only what stands in `_shared` or directly in their folder",
      severity: "error",
      from: { path: "^src/(executors|targets|providers)/([^/_][^/]*)/" },
      to: { path: "^src/$1/[^/]+/", pathNot: "^src/$1/($2|_shared)/" },
    },
    layer(
      "host",
      [...BASE, "builder", "compile", "engine", ...ADAPTERS],
      "the host puts a run together for any caller",
    ),
    {
      name: "cli-is-the-top",
      comment:
        "nothing imports the command line but itself and, with `import()` once a pipeline is the program, the entry",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(cli/|[^/]+$)" },
      to: { path: "^src/cli/" },
    },
    {
      name: "cli-only-when-run",
      comment:
        "of the command line only the launcher, which loads the rest with `import()`, is there from the start",
      severity: "error",
      from: { path: "^src/[^/]+$" },
      to: { path: "^src/cli/", pathNot: "^src/cli/launch\\.ts$", dynamic: false },
    },
    {
      name: "no-cycles",
      comment: "two files may mention each other's types, but neither may need the other to be loaded",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-tests-in-source",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bench|examples|scripts)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "types"] },
  },
};

/**
 * `import "sluice"` loads no other package before anything runs. Only static imports of values count here: what is
 * reached by `import()` costs nothing until it is used, and types cost nothing at all.
 */
module.exports = {
  forbidden: [
    {
      name: "light-root",
      comment: "load it with `await import()` where it is first used",
      severity: "error",
      from: { path: "^src/index\\.ts$" },
      to: { path: "node_modules/", reachable: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { dynamic: true },
    tsPreCompilationDeps: false,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node"] },
  },
};

import { defineConfig } from "tsup";
import { ENTRIES, outputOf, PROGRAMS } from "./scripts/entries.mjs";

const exported = Object.fromEntries(
  Object.entries(ENTRIES).map(([subpath, source]) => [outputOf(subpath), source]),
);

/** `scripts/build.mjs` asks for `js` and `types` by name, because the first is often wanted without the second. */
export default defineConfig(({ name }) => ({
  entry: { ...exported, ...PROGRAMS },
  format: "esm",
  target: "node20",
  platform: "node",
  // What is loaded with `import()` stays a chunk of its own, so that a run reads only what it uses.
  splitting: true,
  // `scripts/link.mjs` finds its way by it.
  metafile: name === "js",
  removeNodeProtocol: false,
  sourcemap: false,
  // Programs export nothing; only what can be imported has types.
  dts: name === "types" ? { entry: exported, only: true } : false,
}));

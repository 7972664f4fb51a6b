// Builds the index of a folder of documents:  node service/build-index.mjs --docs docs --out build/index.json
import { parseArgs } from "node:util";
import { buildIndex } from "./index/build.mjs";
import { readDocuments } from "./index/documents.mjs";
import { writeIndex } from "./index/store.mjs";

const { values } = parseArgs({
  options: {
    docs: { type: "string", default: "docs" },
    out: { type: "string", default: "build/index.json" },
  },
});

const index = buildIndex(await readDocuments(values.docs));
await writeIndex(values.out, index);
process.stdout.write(
  `${JSON.stringify({
    documents: index.documents.length,
    terms: Object.keys(index.terms).length,
    version: index.version,
  })}\n`,
);

// needs: s3
import { describe } from "vitest";
import { describeRunStore } from "../contract/run-store/suite.ts";
import { need } from "./lab.ts";
import { newPrefix, openStore, SERVER } from "./s3/place.ts";

describe.skipIf(!need("s3").available)("object storage", () => {
  // Machines that share nothing but the bucket.
  describeRunStore("a bucket", () => {
    const prefix = newPrefix();
    return Promise.resolve(() => openStore({ ...SERVER, prefix }));
  });
});

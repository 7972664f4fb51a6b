import { FileRunStore } from "../../../src/stores/fs/index.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";
import { describeRunStore } from "./suite.ts";

// Machines that share a folder.
describeRunStore("a folder", () => {
  const folder = tempFolder();
  return Promise.resolve(() => Promise.resolve(new FileRunStore(folder)));
});

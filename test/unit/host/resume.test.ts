import { expect, it } from "vitest";
import { checkUntouched } from "../../../src/host/resume.ts";
import { FileRunStore } from "../../../src/stores/fs/index.ts";
import { planOf } from "../../fixtures/engine-run.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

it("refuses a run that another process has gone on with since it was read", async () => {
  const store = new FileRunStore(tempFolder());
  const plan = planOf((p) => {
    p.stage("a").job("x", () => 1);
  });
  await (await store.create("r1", plan)).close();
  const read = await store.read("r1");
  await checkUntouched(store, read);
  const other = await store.append("r1");
  other.append({ type: "node.started", at: 1, node: "a/x", attempt: 1 });
  await other.close();
  await expect(checkUntouched(store, read)).rejects.toMatchObject({ code: "RUN_BUSY" });
});

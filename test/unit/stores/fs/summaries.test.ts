import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SUMMARY_VERSION, type RunSummary } from "../../../../src/model/index.ts";
import { FileSummaryStore } from "../../../../src/stores/fs/summaries.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

const summary = (run: string, startedAt: number, reason = ""): RunSummary => ({
  version: SUMMARY_VERSION,
  run,
  pipeline: "shop",
  fingerprint: "sha256:1",
  commit: null,
  branch: null,
  dirty: null,
  state: "passed",
  reason,
  startedAt,
  duration: 1,
  nodes: {},
});

async function all(store: FileSummaryStore): Promise<string[]> {
  const found: string[] = [];
  for await (const { run, reason } of store.read()) found.push(`${run}${reason}`);
  return found;
}

describe("summaries in a folder", () => {
  it("come the newest first, the last one of each run, and none where there is no folder", async () => {
    const store = new FileSummaryStore(join(tempFolder(), "history"));
    expect(await all(store)).toEqual([]);
    for (let i = 100; i < 300; i++) await store.put(summary(`r${i}`, i));
    await store.put(summary("r299", 299, " again"));
    const runs = await all(store);
    expect(runs).toHaveLength(200);
    expect(runs.slice(0, 2)).toEqual(["r299 again", "r298"]);
  });

  it("are forgotten by the time of their runs, also those that cannot be read", async () => {
    const folder = tempFolder();
    const store = new FileSummaryStore(folder);
    // Ids that users give do not sort by time.
    await store.put(summary("a-new", 2_000));
    await store.put(summary("z-old", 1_000));
    for (const [name, at] of [
      ["broken-old", 1],
      ["broken-new", 3],
    ] as const) {
      writeFileSync(join(folder, `${name}.json`), "{");
      utimesSync(join(folder, `${name}.json`), at, at);
    }
    expect(await store.prune(2_000)).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(["a-new.json", "broken-new.json"]);
  });

  it("let others have a turn while many are read", async () => {
    const store = new FileSummaryStore(tempFolder());
    for (let i = 100; i < 300; i++) await store.put(summary(`r${i}`, i));
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await all(store);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });
});

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  emptyState,
  readState,
  writeState,
  type TargetState,
} from "../../../../../src/targets/local/state/target-state.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-state-"));
  file = join(folder, "state.json");
});
afterEach(() => rm(folder, { recursive: true }));

const entry = {
  revision: 1,
  digest: "sha256:0",
  createdAt: 1,
  run: "r",
  replicas: 2,
  state: "live",
  restores: null,
  reason: null,
} as const;

const state: TargetState = {
  ...emptyState("site"),
  lastRevision: 2,
  routing: {
    open: true,
    port: 4100,
    grace: 500,
    weight: 12.5,
    stable: { revision: 1, replicas: 2, proven: true },
    candidate: { revision: 2, replicas: 1, proven: false },
    old: [{ revision: 1, replicas: 1, until: 5 }],
  },
  history: [entry, { ...entry, revision: 2, state: "aborted", restores: 1, reason: "bad" }],
};

describe("the state file", () => {
  it("gives back what was written, and leaves nothing beside it", async () => {
    await writeState(file, state);
    expect(await readState(file)).toEqual(state);
    expect(await readdir(folder)).toEqual(["state.json"]);
  });

  it("is undefined where there is none", async () => {
    expect(await readState(file)).toBeUndefined();
  });

  it("remembers the last hundred releases", async () => {
    const history = Array.from({ length: 150 }, (_, index) => ({ ...entry, revision: index + 1 }));
    await writeState(file, { ...state, history });
    const read = await readState(file);
    expect(read?.history).toHaveLength(100);
    expect(read?.history.at(-1)?.revision).toBe(150);
  });

  it.each([
    ["not JSON", "{"],
    ["empty", ""],
    ["a list", "[]"],
    ["of another version", JSON.stringify({ ...state, version: 2 })],
    ["without a routing", JSON.stringify({ ...state, routing: undefined })],
    ["with a weight of 101", JSON.stringify({ ...state, routing: { ...state.routing, weight: 101 } })],
    ["with an unknown state", JSON.stringify({ ...state, history: [{ ...entry, state: "gone" }] })],
  ])("is refused by name when it is %s, and stays as it is", async (_name, text) => {
    await writeFile(file, text);
    await expect(readState(file)).rejects.toMatchObject({ code: "STATE_CORRUPT", path: file });
    expect(await readFile(file, "utf8")).toBe(text);
  });

  it("that cannot be replaced is named, and the old one stays", async () => {
    await mkdir(join(file, "occupied"), { recursive: true });
    await expect(writeState(file, state)).rejects.toMatchObject({ code: "STATE_UNWRITABLE", path: file });
    expect(await readdir(folder)).toEqual(["state.json"]);
  });
});

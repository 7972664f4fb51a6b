import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { askWorkTree, readCommit, readHead } from "../../../src/facts/index.ts";
import { Checkout } from "../../fixtures/checkout.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

const LONG = 20_000;

const dirty = (root: string, env: Record<string, string | undefined> = process.env, stateDir?: string) =>
  askWorkTree(root, stateDir ?? join(root, ".sluice"), env).isDirty(LONG);

describe("a work tree differs from its commit", () => {
  it.each<[string, (checkout: Checkout) => void]>([
    [
      "a file was changed",
      (one) => {
        one.write("tracked.txt", "2");
      },
    ],
    [
      "a change is staged",
      (one) => {
        one.write("tracked.txt", "2");
        one.git("add", ".");
      },
    ],
    [
      "a file was removed",
      (one) => {
        rmSync(join(one.root, "tracked.txt"));
      },
    ],
    [
      "a file is new, in a folder below",
      (one) => {
        one.write("src/new.txt", "1");
      },
    ],
  ])("where %s", async (_what, change) => {
    const checkout = new Checkout(tempFolder());
    checkout.write("below/file.txt", "1");
    checkout.commit();
    expect(await dirty(checkout.root)).toBe(false);
    change(checkout);
    expect(await dirty(checkout.root)).toBe(true);
    // The whole checkout counts, wherever in it the pipeline lies.
    expect(await dirty(join(checkout.root, "below"))).toBe(true);
  });

  it("not where git ignores what is new, nor for the state folder, whatever is in it", async () => {
    const checkout = new Checkout(tempFolder());
    checkout.write(".gitignore", "build/\n");
    checkout.commit();
    checkout.write("build/out.js", "1");
    checkout.write(".sluice/runs/r1/plan.json", "{}");
    expect(await dirty(checkout.root)).toBe(false);
    checkout.write("my state*/runs/r1/plan.json", "{}");
    expect(await dirty(checkout.root, process.env, join(checkout.root, "my state*"))).toBe(true);
    rmSync(join(checkout.root, ".sluice"), { recursive: true });
    expect(await dirty(checkout.root, process.env, join(checkout.root, "my state*"))).toBe(false);
    // Its name is no pattern.
    checkout.write("my state-x.txt", "1");
    expect(await dirty(checkout.root, process.env, join(checkout.root, "my state*"))).toBe(true);
  });

  it("where a submodule does, although its settings hide that", async () => {
    const part = new Checkout(tempFolder());
    const whole = new Checkout(tempFolder());
    whole.git("submodule", "--quiet", "add", part.root, "part");
    whole.git("config", "-f", ".gitmodules", "submodule.part.ignore", "all");
    whole.commit();
    expect(await dirty(whole.root)).toBe(false);
    whole.write("part/new.txt", "1");
    expect(await dirty(whole.root)).toBe(true);
  });
});

describe("whether a work tree differs is not known", () => {
  it("outside a checkout, and without git", async () => {
    expect(await dirty(tempFolder())).toBeNull();
    const { root } = new Checkout(tempFolder());
    expect(await dirty(root, { PATH: tempFolder() })).toBeNull();
  });

  it("where git refuses, or takes too long", async () => {
    const { root } = new Checkout(tempFolder());
    const bin = tempFolder();
    const git = (script: string): Record<string, string> => {
      writeFileSync(join(bin, "git"), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, "git"), 0o755);
      return { PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
    };
    expect(await dirty(root, git("exit 128"))).toBeNull();
    const started = performance.now();
    const slow = askWorkTree(root, join(root, ".sluice"), git("exec sleep 1000"));
    expect(await slow.isDirty(50)).toBeNull();
    expect(performance.now() - started).toBeLessThan(LONG);
  });

  it("and a hook's own repository is not taken for the one that is asked about", async () => {
    const checkout = new Checkout(tempFolder());
    const hook = new Checkout(tempFolder());
    hook.write("new.txt", "1");
    const env = { ...process.env, GIT_DIR: join(hook.root, ".git"), GIT_WORK_TREE: hook.root };
    expect(await dirty(checkout.root, env)).toBe(false);
  });
});

describe("the commit", () => {
  it("is the merge that a CI host has checked out, shallow and without a branch, with the branch as the host says", () => {
    const origin = new Checkout(tempFolder());
    origin.git("checkout", "-qb", "fix");
    origin.write("fix.txt", "1");
    const head = origin.commit();
    origin.git("checkout", "-q", "main");
    origin.write("main.txt", "1");
    origin.commit();
    origin.git("merge", "-q", "--no-ff", "-m", "merge", "fix");
    const merge = origin.git("rev-parse", "HEAD");
    origin.git("update-ref", "refs/pull/7/merge", merge);

    const root = tempFolder();
    const runner = new Checkout(root);
    runner.git(
      "fetch",
      "-q",
      "--depth=1",
      `file://${origin.root}`,
      "+refs/pull/7/merge:refs/remotes/pull/7/merge",
    );
    runner.git("checkout", "-q", "--force", "refs/remotes/pull/7/merge");
    expect(readHead(root)).toEqual({ commit: merge, branch: null });
    const env = {
      GITHUB_ACTIONS: "true",
      GITHUB_HEAD_REF: "fix",
      GITHUB_REF_NAME: "7/merge",
      GITHUB_SHA: merge,
    };
    expect(readCommit(root, env)).toEqual({ commit: merge, branch: "fix" });
    // Where a workflow checks out something else than what set it off, that is what runs.
    expect(readCommit(root, { ...env, GITHUB_SHA: head })).toEqual({ commit: merge, branch: "fix" });
    expect(readCommit(tempFolder(), env)).toEqual({ commit: null, branch: null });
  });

  it("is not known, and no made-up branch, where refs are kept in a table", () => {
    const root = tempFolder();
    mkdirSync(join(root, ".git/refs"), { recursive: true });
    writeFileSync(join(root, ".git/HEAD"), "ref: refs/heads/.invalid\n");
    expect(readHead(root)).toEqual({ commit: null, branch: null });
  });
});

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { answerConditions, ciFacts, readHead } from "../../../src/facts/index.ts";
import { onBranch, onChange, onTag } from "../../../src/builder/index.ts";
import type { Condition } from "../../../src/model/index.ts";
import { planOf } from "../../fixtures/engine-run.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

const IDENTITY = [
  "-c",
  "user.name=t",
  "-c",
  "user.email=t@example.com",
  "-c",
  "commit.gpgsign=false",
  "-c",
  "init.defaultBranch=main",
];

/** A real checkout: `main` with two commits, and what the test adds. */
function checkout(): {
  root: string;
  git: (...args: string[]) => string;
  write: (path: string, text: string) => void;
} {
  const root = tempFolder();
  const git = (...args: string[]): string =>
    execFileSync("git", [...IDENTITY, ...args], { cwd: root, encoding: "utf8" });
  const write = (path: string, text: string): void => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  git("init", "-q");
  write("packages/a/one.txt", "1");
  git("add", ".");
  git("commit", "-qm", "one");
  write("packages/b/ünï code.txt", "2");
  git("add", ".");
  git("commit", "-qm", "two");
  return { root, git, write };
}

async function ask(root: string, condition: Condition, env: Record<string, string> = {}, base?: string) {
  const plan = planOf((p) => {
    p.stage("a", { when: condition }).job("x", () => 1);
  });
  return (await answerConditions(plan, { root, env, base }))(plan.stages[0]?.when as never);
}

describe("HEAD", () => {
  it("is read without git, on a branch, detached, and outside a checkout", () => {
    const { root, git } = checkout();
    const commit = git("rev-parse", "HEAD").trim();
    expect(readHead(join(root, "packages/a"))).toEqual({ commit, branch: "main" });
    git("pack-refs", "--all");
    expect(readHead(root)).toEqual({ commit, branch: "main" });
    git("checkout", "-q", "--detach");
    expect(readHead(root)).toEqual({ commit, branch: null });
    expect(readHead(tempFolder())).toEqual({ commit: null, branch: null });
    git("worktree", "add", "-q", "-b", "side", join(root, "tree"));
    expect(readHead(join(root, "tree"))).toEqual({ commit, branch: "side" });
  });
});

describe("conditions", () => {
  it("know the branch, from git or the CI host", async () => {
    const { root, git } = checkout();
    expect(await ask(root, onBranch("main"))).toEqual({ holds: true, text: "branch main matches main" });
    git("checkout", "-qb", "feature/x");
    expect(await ask(root, onBranch("main", "release/*"))).toMatchObject({ holds: false });
    expect(await ask(root, onBranch("feature/*"))).toMatchObject({ holds: true });
    const env = { GITHUB_ACTIONS: "true", GITHUB_REF_TYPE: "branch", GITHUB_REF_NAME: "main" };
    expect(await ask(root, onBranch("main"), env)).toMatchObject({ holds: true });
    expect(await ask(tempFolder(), onBranch("main"))).toMatchObject({ holds: false });
  });

  it("know the tags of the commit", async () => {
    const { root, git } = checkout();
    expect(await ask(root, onTag("v*"))).toMatchObject({
      holds: false,
      text: "the commit has no tag, asked for v*",
    });
    git("tag", "v1.2.3");
    expect(await ask(root, onTag("v*"))).toMatchObject({ holds: true, text: "tag v1.2.3 matches v*" });
  });

  it("know what changed: since the commit before on the main branch, since it was left on another", async () => {
    const { root, git, write } = checkout();
    expect(await ask(root, onChange("packages/b/**"))).toMatchObject({ holds: true });
    expect(await ask(root, onChange("packages/a/**"))).toMatchObject({ holds: false });
    git("checkout", "-qb", "feature");
    expect(await ask(root, onChange("packages/**"))).toMatchObject({ holds: false });
    write("packages/a/new.txt", "untracked");
    expect(await ask(root, onChange("packages/a/**"))).toMatchObject({ holds: true });
    expect(await ask(root, onChange("packages/a/**"), {}, "HEAD~1")).toMatchObject({ holds: true });
  });

  it("count from the folder of the pipeline, also below the top of the checkout", async () => {
    const { root } = checkout();
    expect(await ask(join(root, "packages/b"), onChange("*.txt"))).toMatchObject({ holds: true });
    expect(await ask(join(root, "packages/a"), onChange("*.txt"))).toMatchObject({ holds: false });
    expect(await ask(join(root, "packages/a"), onChange("../b/**"))).toMatchObject({ holds: true });
  });

  it("hold where nothing can be found out, so that no work is left out by mistake", async () => {
    const verdict = await ask(tempFolder(), onChange("src/**"));
    expect(verdict).toMatchObject({ holds: true });
    expect(verdict.text).toContain("cannot be told");
    const { root } = checkout();
    expect(await ask(root, onChange("src/**").since("no-such-ref"))).toMatchObject({ holds: true });
  });
});

describe("CI hosts", () => {
  it.each([
    [{ GITHUB_ACTIONS: "true", GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1" }, { tag: "v1" }],
    [
      { GITHUB_ACTIONS: "true", GITHUB_HEAD_REF: "fix", GITHUB_BASE_REF: "main", GITHUB_REF_NAME: "7/merge" },
      { branch: "fix", base: "origin/main" },
    ],
    [{ GITLAB_CI: "true", CI_COMMIT_BRANCH: "main" }, { branch: "main" }],
    [{ GITLAB_CI: "true", CI_COMMIT_TAG: "v2" }, { tag: "v2" }],
    [
      {
        GITLAB_CI: "true",
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "fix",
        CI_MERGE_REQUEST_DIFF_BASE_SHA: "abc",
      },
      { branch: "fix", base: "abc" },
    ],
    [
      { JENKINS_URL: "http://j", BRANCH_NAME: "PR-1", CHANGE_BRANCH: "fix", CHANGE_TARGET: "main" },
      { branch: "fix", base: "origin/main" },
    ],
    [{}, {}],
  ])("%j", (env, expected) => {
    expect(ciFacts(env)).toEqual({ branch: undefined, tag: undefined, base: undefined, ...expected });
  });
});

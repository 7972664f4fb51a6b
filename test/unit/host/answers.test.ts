import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  approval,
  decide,
  onChange,
  onTag,
  pipeline,
  run,
  type Pipeline,
  type RunOptions,
} from "../../../src/index.ts";
import { FileRunStore } from "../../../src/stores/fs/index.ts";
import { Checkout } from "../../fixtures/checkout.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

/** A release that waits for an answer, and what of it has run. */
class Release {
  readonly checkout = new Checkout(tempFolder());
  readonly ran: string[] = [];
  readonly pipe: Pipeline = pipeline({ name: "release" }, (p) => {
    const made = p.stage("make").job("build", () => 1);
    p.stage("ask").gate("approval", made, approval());
    p.stage("ship", { when: onTag("v*") }).job("ship", () => void this.ran.push("ship"));
    p.stage("docs", { when: onChange("docs/**").since("main") }).job(
      "docs",
      () => void this.ran.push("docs"),
    );
  });

  constructor() {
    this.checkout.write(".gitignore", ".sluice\n");
    this.checkout.commit();
  }

  async run(options: Pick<RunOptions, "resume" | "only" | "base" | "env"> = {}): Promise<string> {
    const env = { PATH: process.env["PATH"] };
    return (await run(this.pipe, { cwd: this.checkout.root, run: "r1", env, ...options })).state;
  }

  async approve(): Promise<void> {
    await decide(this.pipe, "r1", "approval", { approved: true, by: "ada" }, { cwd: this.checkout.root });
  }
}

describe("a run that was started for a tag", () => {
  it("is one for that tag, also where it is gone on with without it", async () => {
    const release = new Release();
    release.checkout.git("tag", "v1");
    expect(await release.run()).toBe("suspended");
    release.checkout.git("tag", "-d", "v1");
    await release.approve();
    expect(await release.run({ resume: {} })).toBe("passed");
    expect(release.ran).toEqual(["ship"]);
  });

  it("is one for it in the processes too that run parts of it", async () => {
    const release = new Release();
    const tagged = {
      PATH: process.env["PATH"],
      GITHUB_ACTIONS: "true",
      GITHUB_REF_TYPE: "tag",
      GITHUB_REF_NAME: "v1",
    };
    await release.run({ env: tagged, only: ["build"] });
    await release.run({ only: ["ship"] });
    expect(release.ran).toEqual(["ship"]);
  });

  it("says on record how its conditions were answered", async () => {
    const release = new Release();
    await release.run();
    const [began] = (await new FileRunStore(join(release.checkout.root, ".sluice")).read("r1")).events;
    expect(began).toMatchObject({
      answers: [
        { condition: { kind: "tag" }, holds: false, text: "the commit has no tag, asked for v*" },
        { condition: { kind: "change" }, holds: false },
      ],
    });
  });

  it("has changes looked at again where it is told from where", async () => {
    const release = new Release();
    release.checkout.write("docs/a.md", "a");
    release.checkout.commit();
    await release.run();
    await release.approve();
    expect(await release.run({ resume: {}, base: "HEAD~1" })).toBe("passed");
    expect(release.ran).toEqual(["docs"]);
  });
});

describe("resume where another commit is checked out", () => {
  it("is refused with both, and goes on when told to", async () => {
    const release = new Release();
    const was = release.checkout.git("rev-parse", "HEAD").slice(0, 12);
    await release.run();
    await release.approve();
    const is = release.checkout.commit().slice(0, 12);
    await expect(release.run({ resume: {} })).rejects.toMatchObject({
      code: "COMMIT_CHANGED",
      message: `run r1 is one of commit ${was}, and ${is} is checked out`,
    });
    expect(await release.run({ resume: { accept: true } })).toBe("passed");
  });
});

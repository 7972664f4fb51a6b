import { describe, expect, it } from "vitest";
import { rolling, service } from "../../../src/deploy/index.ts";
import { eks } from "../../../src/entry-eks.ts";
import { DefinitionError, type DefinitionIssue } from "../../../src/errors/index.ts";
import { local } from "../../../src/targets/local/index.ts";
import type { Target } from "../../../src/ports/index.ts";
import { artifact } from "../../../src/builder/index.ts";
import { compiled } from "../../fixtures/engine-run.ts";

/** What is wrong with deploys to these targets, one after the other. */
function issuesOf(...targets: readonly Target[]): readonly DefinitionIssue[] {
  try {
    compiled((p) => {
      const built = p.stage("build").job("build", () => 1, { artifacts: { dist: "dist/**" } });
      const app = service({
        artifact: artifact(built, "dist"),
        image: "web:1",
        command: ["node", "server.js"],
      });
      for (const [index, to] of targets.entries())
        p.stage(`to ${index}`).deploy("web", { to, app, strategy: rolling() });
    });
  } catch (error) {
    if (error instanceof DefinitionError) return error.issues;
    throw error;
  }
  return [];
}

const prod = (region: string, name?: string): Target =>
  eks({ cluster: "prod", region, ...(name === undefined ? {} : { name }) });

describe("two targets of one name", () => {
  it("are refused at the second deploy, since `status` and `rollback` could only be told of one", () => {
    const [issue, ...others] = issuesOf(prod("eu-west-1"), prod("us-east-1"));
    expect(others).toEqual([]);
    expect(issue).toMatchObject({
      rule: "target-name",
      path: 'stage "to 1" > deploy "web"',
      message: 'its target is called "prod", as is another one, to which "to 0/web" deploys',
      hint: expect.stringContaining("`name` of its own"),
      at: { file: expect.stringMatching(/target-names\.test\.ts$/), line: expect.any(Number) },
    });
  });

  it("are refused where only their kind differs", () => {
    expect(issuesOf(prod("eu-west-1"), local({ name: "prod" })).map(({ rule }) => rule)).toEqual([
      "target-name",
    ]);
  });

  it("are told apart by a name", () => {
    expect(issuesOf(prod("eu-west-1"), prod("us-east-1", "prod-us"))).toEqual([]);
  });
});

describe("one target", () => {
  it("may be deployed to often, and written often", () => {
    const once = prod("eu-west-1");
    expect(issuesOf(once, once, prod("eu-west-1"))).toEqual([]);
    expect(issuesOf(local({ name: "a" }), local({ name: "a" }))).toEqual([]);
  });
});

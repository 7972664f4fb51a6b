import { describe, expect, it } from "vitest";
import { rolling, service } from "../../../src/deploy/index.ts";
import { DefinitionError } from "../../../src/errors/index.ts";
import { local } from "../../../src/targets/local/index.ts";
import { artifact } from "../../../src/builder/index.ts";
import { compiled } from "../../fixtures/engine-run.ts";

/** What is wrong with a deploy of which JavaScript changes these options, and what to do about it. */
function issuesOf(changes: Readonly<Record<string, unknown>>): readonly (readonly (string | undefined)[])[] {
  try {
    compiled((p) => {
      const built = p.stage("build").job("build", () => 1, { artifacts: { dist: "dist/**" } });
      const app = service({ artifact: artifact(built, "dist"), command: ["node", "server.js"] });
      const options = { to: local({ name: "here" }), app, strategy: rolling(), ...changes };
      p.stage("release").deploy("web", options);
    });
  } catch (error) {
    if (error instanceof DefinitionError) return error.issues.map(({ message, hint }) => [message, hint]);
    throw error;
  }
  return [];
}

describe("a deploy in JavaScript", () => {
  it("is told its own options where one is unknown", () => {
    expect(issuesOf({ target: "prod" })).toEqual([
      [
        "target: there is no such option",
        "Known options: to, app, strategy, load, after, when, retry, timeout, grace, weight, locks.",
      ],
    ]);
  });

  it("is told once that it cannot be cached, and no form in which it could be", () => {
    const refused = ["cache: a deploy cannot be cached, it would pass without having been done"];
    expect(issuesOf({ cache: true })).toEqual([[...refused, "Remove the option."]]);
    expect(issuesOf({ cache: { inputs: ["a"] } })).toEqual([[...refused, "Remove the option."]]);
  });

  it("is told what each part should be", () => {
    expect(issuesOf({ to: "prod", app: "web", strategy: "rolling", load: "ab" })).toEqual([
      [
        "`to` is not a target",
        "Give a target such as local({ name }), kubernetes({ cluster }) or eks({ … }).",
      ],
      ["`strategy` is not a strategy", "Give rolling(), canary({ ... }) or blueGreen()."],
      ["`load` is not a step", "Give sh`...` or another step."],
      [
        "`app` is not an app",
        "Make it with service({ ... }), manifests(...), kustomize(...) or helm({ ... }) from sluice/deploy.",
      ],
    ]);
  });
});

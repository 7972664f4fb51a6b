import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { substitute } from "../../../../src/targets/kubernetes/manifests/substitute.ts";

const ENV = { IMAGE: "web@sha256:1", EMPTY: "", A: "1", A_B: "2" };
const hasEnvsubst = spawnSync("envsubst", ["--version"]).status === 0;

describe("templates", () => {
  it.each([
    ["image: $IMAGE", "image: web@sha256:1"],
    ["image: ${IMAGE}-x", "image: web@sha256:1-x"],
    ["$A_B${A}_B", "21_B"],
    ["e=[$EMPTY]", "e=[]"],
    ["cost: $5, $, $$, ${}, ${A-b}, $(A)", "cost: $5, $, $$, ${}, ${A-b}, $(A)"],
    ["$$A", "$1"],
    ["", ""],
  ])("%j becomes %j", (text, filled) => {
    expect(substitute(text, ENV, "t.yaml")).toBe(filled);
    if (!hasEnvsubst) return;
    const real = spawnSync("envsubst", { input: text, env: ENV, encoding: "utf8" });
    expect(real.stdout).toBe(filled);
  });

  it("names every variable that is not set, with its lines", () => {
    const text = "a: $ONE\nb: ${TWO}\nc: $ONE $ONE $A\n";
    expect(() => substitute(text, ENV, "app.yaml")).toThrow(
      "app.yaml uses variables that are not set: ONE (line 1, 3), TWO (line 2)",
    );
  });

  it("does not take what every object has for a variable", () => {
    expect(() => substitute("$toString", {}, "t.yaml")).toThrow("toString (line 1)");
  });

  it("fills in only what is named, if names are given", () => {
    expect(substitute("$A $OTHER", ENV, "t.yaml", ["A"])).toBe("1 $OTHER");
  });
});

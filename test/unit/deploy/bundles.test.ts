import { describe, expect, it } from "vitest";
import { helm, type HelmOptions } from "../../../src/deploy/helm.ts";
import { kustomize } from "../../../src/deploy/kustomize.ts";
import { manifests } from "../../../src/deploy/manifests.ts";
import { REF, refHandle, SECRET, type RefCore, type Secret } from "../../../src/model/index.ts";
import type { App } from "../../../src/ports/index.ts";

function ref(...gates: readonly string[]): RefCore<string, never> {
  const passed = gates.map((gate) => ({ gate, node: `gates/${gate}` }));
  return { [REF]: { owner: {}, expression: { $ref: "build/image", path: [] }, passed } } as never;
}
const image = ref("answers", "scan");
const other = ref("answers", "approval");
const secret = { [SECRET]: { name: "token" } } as unknown as Secret;
const gatesOf = (app: App): readonly string[] | undefined =>
  refHandle(app.subject)?.passed.map(({ gate }) => gate);

describe("manifests", () => {
  it("is an app with its options resolved", () => {
    expect(manifests("deploy/*.yaml")).toMatchObject({
      kind: "manifests",
      spec: { globs: ["deploy/*.yaml"], env: null, only: null, prune: "safe" },
    });
    const env = { IMAGE: image, LEVEL: "info" };
    expect(manifests(["a.yaml", "!b.yaml"], { env, only: ["IMAGE"] }).spec).toEqual({
      globs: ["a.yaml", "!b.yaml"],
      env,
      only: ["IMAGE"],
      prune: "safe",
    });
  });

  it("has the gates of what goes into it, or of what it is said to be of", () => {
    expect(gatesOf(manifests("a.yaml"))).toBeUndefined();
    expect(gatesOf(manifests("a.yaml", { env: { LEVEL: "info" } }))).toBeUndefined();
    expect(gatesOf(manifests("a.yaml", { env: { IMAGE: image, LEVEL: "info" } }))).toEqual([
      "answers",
      "scan",
    ]);
    expect(gatesOf(manifests("a.yaml", { env: { IMAGE: image, OTHER: other } }))).toEqual(["answers"]);
    expect(gatesOf(manifests("a.yaml", { of: other, env: { IMAGE: image } }))).toEqual([
      "answers",
      "approval",
    ]);
  });

  it.each([
    [[], {}, "name the files"],
    [["!a.yaml"], {}, "name the files"],
    [[5], {}, "a glob must be"],
    ["a.yaml", { of: "web:1" }, "of must be a ref"],
    ["a.yaml", { env: { TOKEN: secret } }, "env.TOKEN is a secret, which may not stand there"],
    ["a.yaml", { env: ["A"] }, "env must be an object of variables"],
    ["a.yaml", { only: ["A"] }, "there is no env"],
    ["a.yaml", { prune: "some" }, 'prune must be "safe", "all" or "none", not "some"'],
    ["a.yaml", { env: {}, only: ["A-B"] }, "only[0] must be the name of a variable"],
    ["a.yaml", { prunes: "all" }, "there is no option prunes: did you mean prune?"],
    ["a.yaml", null, "the options must be an object, not null"],
  ])("refuses %j with %o", (globs, options, message) => {
    expect(() => manifests(globs as string, options as never)).toThrow(message);
    expect(() => manifests(globs as string, options as never)).toThrow(
      expect.objectContaining({ code: "DEFINITION_INVALID" }),
    );
  });
});

describe("kustomize", () => {
  it("is an app with its options resolved", () => {
    const app = kustomize("overlays/prod", { env: { IMAGE: image } });
    expect(app).toMatchObject({ kind: "kustomize", spec: { dir: "overlays/prod", only: null } });
    expect(gatesOf(app)).toEqual(["answers", "scan"]);
  });

  it("refuses an option that it does not have", () => {
    const options = { evn: {} } as never;
    expect(() => kustomize("overlays/prod", options)).toThrow("there is no option evn: did you mean env?");
  });

  it.each(["", "-f", "https://example.test/base", "git::x://y"])("refuses %j", (dir) => {
    const read = (): unknown => kustomize(dir);
    if (dir === "git::x://y") expect(read).not.toThrow();
    else expect(read).toThrow("the folder must be a path on this machine");
  });
});

describe("helm", () => {
  it("is an app with its options resolved, refs and secrets as they are", () => {
    const values = { image, list: [{ deep: other }], password: secret, on: true, none: null };
    const app = helm({ chart: "./chart", values, version: "1.2.3", timeout: "2m" });
    expect(app).toMatchObject({
      kind: "helm",
      spec: { chart: "./chart", values, version: "1.2.3", repo: null, release: null, timeout: 120_000 },
    });
    expect((app.spec as { values: { password: unknown } }).values.password).toBe(secret);
    expect(gatesOf(app)).toEqual(["answers"]);
    expect(gatesOf(helm({ chart: "./chart", values, of: image }))).toEqual(["answers", "scan"]);
  });

  it.each([
    [{ chart: "--set" }, "chart must be"],
    [{ version: "--debug" }, "version must be"],
    [{ repo: "example.test" }, "repo must be a URL"],
    [{ release: "My_Release" }, "release must be at most 53"],
    [{ timeout: 0 }, "timeout must be a duration"],
    [{ values: { a: { b: [() => 1] } } }, "values.a.b.0 must be plain data"],
    [{ values: [1] }, "values must be an object of values"],
    [{ of: {} }, "of must be a ref"],
    [{ valuesFiles: [], wait: true }, "there is no option valuesFiles, only chart, values"],
    [{ valeus: {} }, "there is no option valeus: did you mean values?"],
  ])("refuses %o", (changes, message) => {
    expect(() => helm({ chart: "./chart", ...changes } as unknown as HelmOptions)).toThrow(message);
  });
});

import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { loadManifests } from "../../../../../src/targets/kubernetes/manifests/load-manifests.ts";

const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;
let top: string;
let root: string;

beforeEach(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), "sluice-manifests-")));
  root = join(top, "pipeline");
  await mkdir(root);
});
afterEach(async () => {
  await rm(top, { recursive: true, force: true });
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const configMap = (name: string, more = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;

async function load(
  globs: string | readonly string[],
  env?: Readonly<Record<string, string>>,
  only?: readonly string[],
): Promise<readonly KubeObject[]> {
  const list = typeof globs === "string" ? [globs] : globs;
  return (await loadManifests(root, list, env && { env, only })).objects;
}

const namesOf = (objects: readonly KubeObject[]): readonly string[] =>
  objects.map(({ metadata }) => metadata.name);

describe("files of manifests", () => {
  it("are found by globs and read in the order of their paths", async () => {
    await write("deploy/b.yaml", configMap("b"));
    await write("deploy/a.yaml", configMap("a"));
    await write("deploy/deep/c.yml", configMap("c"));
    await write("deploy/skip.yaml", configMap("skip"));
    await write("deploy/.hidden.yaml", configMap("hidden"));
    expect(namesOf(await load(["deploy/**/*.{yaml,yml}", "!deploy/skip.yaml"]))).toEqual([
      "hidden",
      "a",
      "b",
      "c",
    ]);
    expect(namesOf(await load(["deploy/a.yaml", "deploy/*a.yaml"]))).toEqual(["a"]);
  });

  it("are refused where a number in them cannot be kept as it is", async () => {
    await write(
      "deploy/a.yaml",
      configMap("a", "data:\n  most: 9007199254740991\n  more: 9007199254740993\n"),
    );
    await expect(load("deploy/a.yaml")).rejects.toThrow(
      "deploy/a.yaml:7:9: 9007199254740993 has more digits than are kept exactly; write it as a text, in quotes",
    );
    await write(
      "deploy/a.yaml",
      configMap("a", "data: { hex: 0xFFFFFFFFFFFFFFFF, far: 1.5e300, text: '9007199254740993' }\n"),
    );
    await expect(load("deploy/a.yaml")).rejects.toThrow(/^deploy\/a.yaml:5:14: 0xFFFFFFFFFFFFFFFF has more/);
  });

  it("must be there", async () => {
    await write("deploy/a.yaml", configMap("a"));
    await expect(load(["deploy/a.yaml", "deploy/x*.yaml"])).rejects.toThrow(
      expect.objectContaining({ code: "MANIFEST_INVALID", message: 'no file is named by "deploy/x*.yaml"' }),
    );
    await expect(load("deploy")).rejects.toThrow('no file is named by "deploy"');
    await write("empty.yaml", "# nothing\n---\n");
    await expect(load("empty.yaml")).rejects.toThrow("empty.yaml: the files hold no object");
  });

  it("may stand outside where the glob says so, but no link leads there", async () => {
    await mkdir(join(top, "shared"));
    await writeFile(join(top, "shared", "a.yaml"), configMap("a"));
    await write("deploy/own.yaml", configMap("own"));
    await symlink(join(root, "deploy", "own.yaml"), join(root, "deploy", "linked.yaml"));
    expect(namesOf(await load("../shared/*.yaml"))).toEqual(["a"]);
    expect(namesOf(await load("deploy/linked.yaml"))).toEqual(["own"]);
    await symlink(join(top, "shared", "a.yaml"), join(root, "deploy", "out.yaml"));
    await expect(load("deploy/*.yaml")).rejects.toThrow(
      "deploy/out.yaml: the link leads out of the pipeline's folder",
    );
    await rm(join(root, "deploy", "out.yaml"));
    await symlink(join(top, "shared"), join(root, "folder"));
    await expect(load("folder/*.yaml")).resolves.toHaveLength(1);
    await expect(load("**/a.yaml")).rejects.toThrow("folder/a.yaml: the link leads out");
  });
});

describe("objects of manifests", () => {
  it("may be several in a file, in lists, with anchors, and as JSON", async () => {
    await write(
      "all.yaml",
      `---\n${configMap("one", "data: &data\n  a: b\n")}---\n# nothing\n---\n` +
        `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: { name: two, namespace: other }\n` +
        `- apiVersion: v1\n  kind: ConfigMapList\n  items:\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: { name: three }\n` +
        `---\nbase: &base\n  x: 1\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: four }\ndata:\n  <<: *base\n  z: 2\n`,
    );
    await write(
      "j.json",
      JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "five" } }),
    );
    const objects = await load(["all.yaml", "j.json"]);
    expect(namesOf(objects)).toEqual(["one", "two", "three", "four", "five"]);
    expect(objects[1]?.metadata.namespace).toBe("other");
    expect(objects[0]?.metadata.namespace).toBeUndefined();
    expect(objects[3]?.["data"]).toEqual({ x: 1, z: 2 });
  });

  const words: readonly (readonly [string, unknown])[] = [
    ["0644", 420],
    ["0x1F", 31],
    ["yes", true],
    ["off", false],
    ["~", null],
    ["1_000", 1_000],
    ["1.5", 1.5],
    ["22:22", "22:22"],
    ["1:30:00", "1:30:00"],
    ["2001-12-14", "2001-12-14"],
    ["'0644'", "0644"],
    ["1e3", 1_000],
    ["12e03", 12_000],
    ["0o17", 15],
    ["-0x1f", -31],
    ["0b11", 3],
    [".5", 0.5],
    ["08", 8],
    ["{ y: 1, no: 2, 012: 3 }", { true: 1, false: 2, 10: 3 }],
    ["!!str 5", "5"],
  ];

  it.each(words)("reads the word %s as kubectl does", async (word, value) => {
    await write("a.yaml", configMap("a", `x: ${word}\n`));
    const [object] = await load("a.yaml");
    expect(object?.["x"]).toEqual(value);
  });

  it.skipIf(!hasKubectl)("is told of words what kubectl says of them", async () => {
    const lines = words.map(([word], index) => `w${index}: ${word}\n`);
    await write("a.yaml", configMap("a", lines.join("")));
    const args = [
      "patch",
      "--local",
      "-f",
      join(root, "a.yaml"),
      "-p",
      "{}",
      "--type",
      "merge",
      "-o",
      "json",
    ];
    const { stdout } = spawnSync("kubectl", args, { encoding: "utf8" });
    const said = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    expect(words.map((_, index) => said[`w${index}`])).toEqual(words.map(([, value]) => value));
  });

  it.each([
    [
      "a key that stands twice",
      configMap("a", "data:\n  k: 1\n  k: 2\n"),
      "a.yaml:7:3: map keys must be unique",
    ],
    ["broken YAML", "apiVersion: v1\nkind: [ConfigMap\n", "a.yaml:3:1: "],
    ["a tag that nobody knows", configMap("a", "data: !env HOME\n"), "a.yaml:5:7: unresolved tag: !env"],
    ["bytes", configMap("a", "data: !!binary aGk=\n"), "a.yaml:5:7: unresolved tag"],
    ["an alias of nothing", configMap("a", "data: *nowhere\n"), "unresolved alias"],
    ["no object", "- 1\n- 2\n", "a.yaml:1:1: this is no Kubernetes object"],
    ["no kind", "apiVersion: v1\nmetadata: { name: a }\n", "a.yaml:1:1: it has no kind"],
    ["no apiVersion", "kind: Pod\nmetadata: { name: a }\n", "a.yaml:1:1: it has no apiVersion"],
    ["no name", "apiVersion: v1\nkind: Pod\nmetadata: {}\n", "a.yaml:3:11: it has no metadata.name"],
    ["no metadata", "apiVersion: v1\nkind: Pod\n", "a.yaml:1:1: it has no metadata"],
    [
      "a name that is a number",
      configMap("12"),
      "a.yaml:4:9: metadata.name must be a text; put it in quotes",
    ],
    [
      "a version that is a number",
      configMap("a").replace("v1", "1"),
      "a.yaml:1:13: apiVersion must be a text",
    ],
    [
      "generateName",
      "apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: a-\n",
      "a.yaml:4:17: generateName gives another object each time",
    ],
    [
      "an item of a list that is none",
      "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n",
      "a.yaml:4:3: it has no metadata",
    ],
    [
      "the same object twice",
      `${configMap("a")}---\n${configMap("a")}`,
      'a.yaml:6:1: ConfigMap "a" stands at a.yaml:1:1 already',
    ],
  ])("are refused for %s, with file, line and column", async (_, text, message) => {
    await write("a.yaml", text);
    await expect(load("a.yaml")).rejects.toThrow(
      expect.objectContaining({
        code: "MANIFEST_INVALID",
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it("are the same only with the same group, kind, namespace and name", async () => {
    const service = (version: string): string =>
      `apiVersion: ${version}\nkind: Service\nmetadata: { name: a }\n`;
    await write("a.yaml", [service("v1"), service("serving.knative.dev/v1"), configMap("a")].join("---\n"));
    expect(await load("a.yaml")).toHaveLength(3);
    await write("b.yaml", [service("x.dev/v1"), service("x.dev/v2")].join("---\n"));
    await expect(load("b.yaml")).rejects.toThrow('Service "a" stands at b.yaml:1:1 already');
  });

  it("are told all that is wrong at once", async () => {
    await write("a.yaml", "kind: Pod\n");
    await write("b.yaml", "x: [\n");
    await expect(load("*.yaml")).rejects.toThrow(/2 problems[^]*a\.yaml:1:1[^]*b\.yaml:2:1/);
  });

  it("are not blown up by aliases of aliases", async () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(", ")}]`,
    );
    await write("a.yaml", configMap("a", `l0: &l0 x\n${levels.join("\n")}\n`));
    await expect(load("a.yaml")).rejects.toThrow("excessive alias count");
  });
});

describe("templates of manifests", () => {
  it("are filled in only where variables are given", async () => {
    await write("a.yaml", configMap("a", "data:\n  image: $IMAGE\n  count: ${N}\n"));
    expect((await load("a.yaml"))[0]?.["data"]).toEqual({ image: "$IMAGE", count: "${N}" });
    expect((await load("a.yaml", { IMAGE: "web:1", N: "3" }))[0]?.["data"]).toEqual({
      image: "web:1",
      count: 3,
    });
    expect((await load("a.yaml", { IMAGE: "web:1" }, ["IMAGE"]))[0]?.["data"]).toEqual({
      image: "web:1",
      count: "${N}",
    });
    await expect(load("a.yaml", { IMAGE: "web:1" })).rejects.toThrow(
      "a.yaml uses variables that are not set: N (line 7)",
    );
  });
});

describe("the digest of manifests", () => {
  it("is of the objects, not of how they are written", async () => {
    await write("a.yaml", configMap("a", "data: { x: '1', y: '2' }\n"));
    const first = await loadManifests(root, ["a.yaml"], undefined);
    await write("a.yaml", `# a comment\n${configMap("a", 'data:\n  y: "2"\n  x: "1"\n')}`);
    expect((await loadManifests(root, ["a.yaml"], undefined)).digest).toBe(first.digest);
    await write("a.yaml", configMap("a", "data: { x: '1', y: '3' }\n"));
    expect((await loadManifests(root, ["a.yaml"], undefined)).digest).not.toBe(first.digest);
  });
});

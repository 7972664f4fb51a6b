import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadKustomize } from "../../../../../src/targets/kubernetes/manifests/load-kustomize.ts";
import { renderBundle } from "../../../../../src/targets/kubernetes/manifests/render-bundle.ts";
import type { RenderedBundle } from "../../../../../src/targets/kubernetes/render/types.ts";

let root: string;
const signal = new AbortController().signal;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-kustomize-"));
  await mkdir(join(root, "bin"));
  await mkdir(join(root, "overlay"));
  await writeFile(join(root, "overlay", "kustomization.yaml"), "");
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

/** A program that prints one object, whose name says how it was called. */
async function program(name: string, does?: string): Promise<void> {
  const file = join(root, "bin", name);
  const object = `printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: { name: "'"${name} $1 $2"'" }\\nx: $X\\n'`;
  await writeFile(file, `#!/bin/sh\n${does ?? object}\n`);
  await chmod(file, 0o755);
}

function load(template?: Readonly<Record<string, string>>, dir = "overlay"): Promise<RenderedBundle> {
  const values = template && { env: template, only: undefined };
  return loadKustomize(root, dir, values, { env: { PATH: join(root, "bin") }, signal });
}

describe("kustomize", () => {
  it("is asked first, then kubectl", async () => {
    await program("kubectl");
    expect((await load()).objects[0]?.metadata.name).toBe(`kubectl kustomize ${join(root, "overlay")}`);
    await program("kustomize");
    const { objects, digest } = await load();
    expect(objects[0]?.metadata.name).toBe(`kustomize build ${join(root, "overlay")}`);
    expect(digest).toMatch(/^sha256:/);
  });

  it("has templates filled in only where variables are given", async () => {
    await program("kustomize");
    expect((await load()).objects[0]?.["x"]).toBe("$X");
    expect((await load({ X: "5" })).objects[0]?.["x"]).toBe(5);
    await expect(load({})).rejects.toThrow("overlay (built) uses variables that are not set: X");
  });

  it("must be there", async () => {
    await expect(load()).rejects.toMatchObject({
      code: "TOOL_MISSING",
      message: "kustomize() needs the program kustomize or kubectl, and neither is on the PATH",
    });
  });

  it("says why it cannot build, and no other program is asked then", async () => {
    await program("kustomize", "echo 'no such resource' >&2; exit 1");
    await program("kubectl");
    await expect(load()).rejects.toMatchObject({
      code: "MANIFEST_INVALID",
      message: "kustomize cannot build overlay: no such resource",
    });
  });

  it("must build something, of a folder that is one of its own", async () => {
    await program("kustomize", "true");
    await expect(load()).rejects.toThrow("overlay: it builds no object");
    await expect(load(undefined, "bin")).rejects.toThrow("bin has no kustomization.yaml");
  });
});

describe("an app of objects", () => {
  const context = { root: "", env: {}, signal, processes: { add: () => undefined, remove: () => undefined } };

  it("is read from files, its numbers as text", async () => {
    await writeFile(
      join(root, "a.yaml"),
      "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\nx: $X $Y\n",
    );
    const spec = { globs: ["a.yaml"], env: { X: 5 }, only: ["X"] };
    const { objects } = await renderBundle({ kind: "manifests", spec, secrets: {} }, { ...context, root });
    expect(objects[0]?.["x"]).toBe("5 $Y");
  });

  it("is built by kustomize", async () => {
    await program("kustomize");
    const spec = { dir: "overlay", env: null, only: null };
    const env = { PATH: join(root, "bin") };
    const app = { kind: "kustomize", spec, secrets: {} };
    expect((await renderBundle(app, { ...context, root, env })).objects).toHaveLength(1);
  });

  it("is refused where it is of a kind that nobody knows", async () => {
    const app = { kind: "compose", spec: {}, secrets: {} };
    await expect(renderBundle(app, context)).rejects.toThrow('a cluster knows no app of kind "compose"');
  });
});

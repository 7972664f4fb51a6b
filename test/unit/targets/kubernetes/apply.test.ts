import { describe, expect, it } from "vitest";
import { applySetId, memberKinds } from "../../../../src/targets/kubernetes/apply/apply-set.ts";
import { inRemovalWaves, inWaves } from "../../../../src/targets/kubernetes/apply/order.ts";

const object = (kind: string, name = "x", apiVersion = "v1") => ({ apiVersion, kind, metadata: { name } });

describe("the order of applying", () => {
  it("makes first what the others need, and keeps the given order within a wave", () => {
    const given = [
      object("HTTPRoute"),
      object("Deployment", "b"),
      object("Deployment", "a"),
      object("Widget"),
      object("Service"),
      object("Secret"),
      object("RoleBinding"),
      object("CustomResourceDefinition"),
      object("Namespace"),
    ];
    const waves = inWaves(given);
    expect(waves.map((wave) => wave.objects.map((one) => `${one.kind} ${one.metadata.name}`))).toEqual([
      ["Namespace x"],
      ["CustomResourceDefinition x"],
      ["RoleBinding x"],
      ["Secret x"],
      ["Service x"],
      ["Widget x"],
      ["Deployment b", "Deployment a"],
      ["HTTPRoute x"],
    ]);
    expect(waves.filter((wave) => wave.settles).map((wave) => wave.objects[0]?.kind)).toEqual([
      "Namespace",
      "CustomResourceDefinition",
    ]);
  });

  it("of nothing is nothing", () => {
    expect(inWaves([])).toEqual([]);
  });
});

describe("the order of removing", () => {
  it("is the other way round, and begins with what others look after", () => {
    const given = ["Namespace", "Service", "Widget", "Deployment", "HTTPRoute"].map((kind) => object(kind));
    const waves = inRemovalWaves(given);
    expect(waves.map((wave) => wave.objects.map(({ kind }) => kind))).toEqual([
      ["Widget"],
      ["HTTPRoute"],
      ["Deployment"],
      ["Service"],
      ["Namespace"],
    ]);
    expect(waves.map(({ settles }) => settles)).toEqual([true, false, false, false, false]);
  });
});

describe("an apply set", () => {
  it("has the id that its parent gives it", () => {
    // sha256 of "my-set.default.Secret." in base64url
    const parent = { name: "my-set", namespace: "default", kind: "Secret", group: "" };
    expect(applySetId(parent)).toMatch(/^applyset-[\w-]{43}-v1$/);
    expect(applySetId(parent)).toBe(applySetId({ ...parent }));
    expect(applySetId({ ...parent, namespace: "other" })).not.toBe(applySetId(parent));
  });

  it("lists kinds with their groups, each once, sorted", () => {
    const members = [
      object("Deployment", "a", "apps/v1"),
      object("Service"),
      object("Deployment", "b", "apps/v1"),
    ];
    expect(memberKinds(members)).toBe("Deployment.apps,Service");
  });
});

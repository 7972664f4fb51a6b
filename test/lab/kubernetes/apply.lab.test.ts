// needs: kwok
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SluiceError } from "../../../src/errors/index.ts";
import type { ClusterApi, KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import { applyObjects } from "../../../src/targets/kubernetes/apply/apply-objects.ts";
import { prunable, pruneObjects } from "../../../src/targets/kubernetes/apply/prune.ts";
import type { Applied, ApplyScope } from "../../../src/targets/kubernetes/apply/types.ts";
import { at } from "../../../src/targets/kubernetes/readiness/object.ts";
import { need } from "../lab.ts";
import {
  configMap,
  deployment,
  forever,
  labApi,
  makeNamespace,
  podTemplate,
  removeNamespace,
  scopeIn,
} from "./lab-api.ts";

const NAMESPACE = "apply-objects";
const OTHER = "apply-objects-too";
const KINDS = "applyset.kubernetes.io/contains-group-kinds";
const NAMESPACES = "applyset.kubernetes.io/additional-namespaces";
const PART_OF = "applyset.kubernetes.io/part-of";
/** Kinds of the whole cluster need names that no other run has. */
const OWN = `apply${randomBytes(4).toString("hex")}`;

const secret = (name: string, data: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name },
  stringData: data,
});

function definition(group: string): KubeObject {
  const schema = {
    type: "object",
    properties: {
      spec: { type: "object", required: ["size"], properties: { size: { type: "integer", minimum: 1 } } },
    },
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}
const widget = (group: string, name: string, size: number): KubeObject => ({
  apiVersion: `${group}/v1`,
  kind: "Widget",
  metadata: { name },
  spec: { size },
});

describe.skipIf(!need("kwok").available)("applying objects", () => {
  let api: ClusterApi;
  const said: string[] = [];
  const options = { signal: forever(), report: (text: string) => void said.push(text) };
  const apply = (objects: readonly KubeObject[], scope: ApplyScope): Promise<readonly Applied[]> =>
    applyObjects(api, objects, scope, options);
  const refusalOf = (objects: readonly KubeObject[], scope: ApplyScope): Promise<SluiceError> =>
    apply(objects, scope).then(
      () => expect.unreachable("it was applied"),
      (error: unknown) => error as SluiceError,
    );
  const read = (kind: string, name: string, namespace = NAMESPACE): Promise<KubeObject | undefined> =>
    api.get({ apiVersion: kind === "Deployment" ? "apps/v1" : "v1", kind, name, namespace });
  const scope = (set: string, more: Partial<ApplyScope> = {}): ApplyScope =>
    scopeIn(NAMESPACE, { set, ...more });
  const parent = async (set: string): Promise<KubeObject["metadata"] | undefined> =>
    (await read("Secret", set))?.metadata;

  beforeAll(async () => {
    api = labApi();
    await Promise.all([makeNamespace(NAMESPACE), makeNamespace(OTHER)]);
  });

  afterAll(async () => {
    for (const name of ["widgets", "gadgets"].map((part) => `widgets.${part}.${OWN}.dev`)) {
      await api.remove({ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name });
    }
    await api.remove({ apiVersion: "v1", kind: "Namespace", name: `${OWN}-new` });
    await Promise.all([removeNamespace(NAMESPACE), removeNamespace(OTHER)]);
    api.close();
  });

  it("says what it created, configured and left unchanged, and keeps the generation", async () => {
    const first = await apply([configMap("a", { x: "1" }), deployment("plain")], scope("changes"));
    expect(first.map(({ change }) => change)).toEqual(["created", "created"]);
    expect(first[1]?.generation).toBe(1);
    const again = await apply([configMap("a", { x: "1" }), deployment("plain")], scope("changes"));
    expect(again.map(({ change }) => change)).toEqual(["unchanged", "unchanged"]);
    expect(again[0]?.object.metadata.resourceVersion).toBe(first[0]?.object.metadata.resourceVersion);
    said.length = 0;
    const third = await apply(
      [configMap("a", { x: "1" }), deployment("plain", { replicas: 3 })],
      scope("changes"),
    );
    expect(third.map(({ change }) => change)).toEqual(["unchanged", "configured"]);
    expect(third[1]?.generation).toBe(2);
    expect(said).toEqual([`Deployment ${NAMESPACE}/plain: configured`]);
  });

  it("removes a field that was left out", async () => {
    await apply([configMap("fields", { x: "1", y: "2" })], scope("fields"));
    await apply([configMap("fields", { x: "1" })], scope("fields"));
    expect((await read("ConfigMap", "fields"))?.["data"]).toEqual({ x: "1" });
  });

  it("changes nothing where one object is wrong, and tells all problems at once", async () => {
    const wrong = { ...deployment("wrong"), spec: { ...deployment("wrong").spec, replicaz: 3 } };
    const port = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "far" },
      spec: { selector: { app: "far" }, ports: [{ port: 70_000 }] },
    };
    const unknown = { apiVersion: "none.dev/v1", kind: "Thing", metadata: { name: "thing" } };
    const nameless = { apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "x-" } } as never;
    const objects = [configMap("untouched", {}), wrong, port, unknown, nameless, configMap("untouched", {})];
    const error = await refusalOf(objects, scope("wrong"));
    expect(error.code).toBe("MANIFEST_INVALID");
    expect(error.message).toContain("5 objects cannot be applied; nothing was changed");
    expect(error.message).toContain(`Deployment ${NAMESPACE}/wrong: `);
    expect(error.message).toContain("replicaz");
    expect(error.message).toContain("spec.ports[0].port");
    expect(error.message).toContain("Thing");
    expect(error.message).toContain("generateName");
    expect(error.message).toContain("twice");
    expect(await read("ConfigMap", "untouched")).toBeUndefined();
    expect(await parent("wrong")).toBeUndefined();
  });

  it("names the field and the owner of a conflict, and takes the field over when forced", async () => {
    const [made] = await apply([deployment("owned")], scope("owned"));
    await api.apply(
      { ...deployment("owned", { replicas: 5 }), metadata: { name: "owned", namespace: NAMESPACE } },
      { manager: 'autoscaler "v2"', force: true },
    );
    const error = await refusalOf([deployment("owned")], scope("owned"));
    expect(error.code).toBe("FIELD_CONFLICT");
    expect(error.message).toContain(`Deployment ${NAMESPACE}/owned: spec.replicas is owned by "autoscaler`);
    expect(error.hint).toContain("force: true");
    const [forced] = await apply([deployment("owned")], scope("owned", { force: true }));
    expect(forced?.change).toBe("configured");
    expect(forced?.object.spec?.["replicas"]).toBe(2);
    expect(forced?.generation).toBe((made?.generation ?? 0) + 2);
  });

  it("explains fields that cannot be changed", async () => {
    const job = (image: string): KubeObject => ({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "once" },
      spec: {
        template: { ...podTemplate("once", { image, pod: { restartPolicy: "Never" } }) },
      },
    });
    const selected = (label: string): KubeObject => {
      const one = deployment("selected");
      const template = podTemplate(label);
      return { ...one, spec: { ...one.spec, selector: { matchLabels: { app: label } }, template } };
    };
    await apply([job("a:1"), selected("one")], scope("frozen"));
    const error = await refusalOf([job("a:2"), selected("two")], scope("frozen"));
    expect(error.code).toBe("MANIFEST_INVALID");
    expect(error.message).toContain("spec.template");
    expect(error.message).toContain("spec.selector");
    expect(error.hint).toContain(`kubectl delete job once -n ${NAMESPACE}`);
    expect(error.hint).toContain("--cascade=orphan");
    expect(error.hint).not.toContain("\n");
  });

  it("never tells a Secret's value", async () => {
    const labelled = secret("leaky", { key: "hunter2hunter2!" });
    const quoted = { ...labelled, metadata: { name: "leaky", labels: { key: "hunter2hunter2!" } } };
    const misshapen = { ...secret("no-base64", {}), data: { key: "hunter2hunter2!" } };
    const error = await refusalOf([quoted, misshapen], scope("leaky"));
    expect(error.code).toBe("MANIFEST_INVALID");
    expect(error.message).toContain(`Secret ${NAMESPACE}/leaky: metadata.labels: Invalid value: "***"`);
    expect(error.message).toContain(`Secret ${NAMESPACE}/no-base64: `);
    expect(error.message).not.toContain("hunter2");
  });

  it("applies objects of a kind and of a namespace that are made with them, validated as soon as they can be", async () => {
    const group = `widgets.${OWN}.dev`;
    const fresh = `${OWN}-new`;
    const objects = [
      widget(group, "w", 1),
      configMap("there", { a: "b" }, fresh),
      { apiVersion: "v1", kind: "Namespace", metadata: { name: fresh } },
      definition(group),
    ];
    const applied = await apply(objects, scope("late"));
    expect(applied.map(({ ref }) => ref.kind)).toEqual([
      "Widget",
      "ConfigMap",
      "Namespace",
      "CustomResourceDefinition",
    ]);
    expect(applied.map(({ late }) => late)).toEqual([
      expect.stringContaining("its kind is made by"),
      expect.stringContaining(`Namespace ${fresh}`),
      undefined,
      undefined,
    ]);
    expect(applied.every(({ change }) => change === "created")).toBe(true);
    const again = await apply(objects, scope("late"));
    expect(again.map(({ change, late }) => [change, late])).toEqual(Array(4).fill(["unchanged", undefined]));
  });

  it("stops before objects of a new kind that turn out to be wrong, and says what was changed before", async () => {
    const group = `gadgets.${OWN}.dev`;
    const objects = [
      definition(group),
      widget(group, "good", 1),
      widget(group, "bad", 0),
      deployment("later"),
    ];
    const error = await refusalOf(objects, scope("late-wrong"));
    expect(error.code).toBe("MANIFEST_INVALID");
    expect(error.message).toContain("spec.size");
    expect(error.message).toContain(`already changed: CustomResourceDefinition widgets.${group}`);
    expect(await read("Deployment", "later")).toBeUndefined();
    expect(await api.list({ apiVersion: `${group}/v1`, kind: "Widget" }, { namespace: NAMESPACE })).toEqual(
      [],
    );
  });

  it("takes what was copied from a cluster", async () => {
    const [made] = await apply([configMap("copied", { a: "1" })], scope("copied"));
    const copy = { ...made!.object, data: { a: "2" } };
    const [again] = await apply([copy], scope("copied"));
    expect(again?.change).toBe("configured");
  });

  describe("pruning", () => {
    const refs = (applied: readonly Applied[]): Applied["ref"][] => applied.map(({ ref }) => ref);

    it("removes what is no longer among the objects, in any namespace and of any kind, and nothing else", async () => {
      const own = scope("pruned");
      await api.create({ ...configMap("stranger", {}, NAMESPACE) });
      const before = [
        configMap("keep", {}),
        configMap("go", {}),
        configMap("away", {}, OTHER),
        deployment("leaves"),
      ];
      const first = await apply(before, own);
      expect(first.every(({ object }) => object.metadata.labels?.[PART_OF]?.startsWith("applyset-"))).toBe(
        true,
      );
      const full = await parent("pruned");
      expect(full?.annotations?.[KINDS]).toBe("ConfigMap,Deployment.apps");
      expect(full?.annotations?.[NAMESPACES]).toBe(OTHER);
      expect(full?.annotations?.["applyset.kubernetes.io/tooling"]).toBe("sluice/v1");

      const second = await apply([configMap("keep", {}), secret("new", { a: "b" })], own);
      // The superset is what a crash right now would leave.
      expect((await parent("pruned"))?.annotations?.[KINDS]).toBe("ConfigMap,Deployment.apps,Secret");
      const listed = (await prunable(api, own, refs(second))).map(({ ref }) => ref.name);
      expect(listed[0]).toBe("leaves");
      expect([...listed].sort()).toEqual(["away", "go", "leaves"]);
      expect(await read("Deployment", "leaves")).toBeDefined();

      const removed = await pruneObjects(api, own, refs(second), options);
      expect(removed[0]?.ref.name).toBe("leaves");
      expect(removed.map(({ ref }) => ref.name).sort()).toEqual(["away", "go", "leaves"]);
      expect(await read("ConfigMap", "go")).toBeUndefined();
      expect(await read("ConfigMap", "away", OTHER)).toBeUndefined();
      expect(await read("ConfigMap", "keep")).toBeDefined();
      expect(await read("ConfigMap", "stranger")).toBeDefined();
      const shrunk = await parent("pruned");
      expect(shrunk?.annotations?.[KINDS]).toBe("ConfigMap,Secret");
      expect(shrunk?.annotations?.[NAMESPACES]).toBe("");
    });

    it("leaves data where it is, remembers it, and removes it when told to", async () => {
      const claim: KubeObject = {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data", finalizers: [] },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      };
      const own = scope("precious");
      await apply([configMap("beside", {}), claim], own);
      const keep = refs(await apply([configMap("beside", {})], own));
      said.length = 0;
      expect(await pruneObjects(api, own, keep, options)).toEqual([]);
      expect(said).toEqual([
        expect.stringContaining(`PersistentVolumeClaim ${NAMESPACE}/data: no longer among`),
      ]);
      expect((await parent("precious"))?.annotations?.[KINDS]).toBe("ConfigMap,PersistentVolumeClaim");
      const kept = await prunable(api, own, keep);
      expect(kept.map(({ kept: why }) => why)).toEqual([expect.stringContaining("data would go")]);

      const removed = await pruneObjects(api, { ...own, prune: "all" }, keep, options);
      expect(removed.map(({ ref }) => ref.name)).toEqual(["data"]);
      expect((await parent("precious"))?.annotations?.[KINDS]).toBe("ConfigMap");
    });

    it("removes nothing with prune: none", async () => {
      const own = scope("none", { prune: "none" });
      await apply([configMap("none-a", {}), configMap("none-b", {})], own);
      const keep = refs(await apply([configMap("none-a", {})], own));
      expect(await pruneObjects(api, own, keep, options)).toEqual([]);
      expect(await read("ConfigMap", "none-b")).toBeDefined();
    });

    it("forgets a kind that the server has no longer", async () => {
      const own = scope("forgotten");
      const keep = refs(await apply([configMap("kept-one", {})], own));
      await api.merge(
        { apiVersion: "v1", kind: "Secret", name: "forgotten", namespace: NAMESPACE },
        { metadata: { annotations: { [KINDS]: "ConfigMap,Gone.nowhere.dev" } } },
      );
      expect(await pruneObjects(api, own, keep, options)).toEqual([]);
      expect((await parent("forgotten"))?.annotations?.[KINDS]).toBe("ConfigMap");
    });

    it("does not take objects of another set, nor another tool's set, nor any Secret for a parent", async () => {
      await apply([configMap("shared", { a: "1" })], scope("first"));
      const other = await refusalOf([configMap("shared", { a: "1" })], scope("second"));
      expect(other.code).toBe("TARGET_STATE");
      expect(other.message).toContain("belongs to another apply set");
      expect(await parent("second")).toBeUndefined();

      await api.merge(
        { apiVersion: "v1", kind: "Secret", name: "first", namespace: NAMESPACE },
        { metadata: { annotations: { "applyset.kubernetes.io/tooling": "kubectl/v1.34" } } },
      );
      const foreign = await refusalOf([configMap("shared", { a: "2" })], scope("first"));
      expect(foreign.code).toBe("TARGET_STATE");
      expect(foreign.message).toContain('kept by "kubectl/v1.34"');
      await expect(pruneObjects(api, scope("first"), [], options)).rejects.toMatchObject({
        code: "TARGET_STATE",
      });

      await api.create({ ...secret("usual", { a: "b" }), metadata: { name: "usual", namespace: NAMESPACE } });
      const plain = await refusalOf([configMap("x", {})], scope("usual"));
      expect(plain.message).toContain("not the parent of an apply set");
      expect(at(await read("ConfigMap", "shared"), "data", "a")).toBe("1");
    });
  });
});

// needs: kwok
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClusterApi, KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import { applyObjects } from "../../../src/targets/kubernetes/apply/apply-objects.ts";
import { readPermissions } from "../../../src/targets/kubernetes/apply/permissions.ts";
import { previewObjects } from "../../../src/targets/kubernetes/apply/preview.ts";
import type { ApplyScope, ObjectPreview } from "../../../src/targets/kubernetes/apply/types.ts";
import { need } from "../lab.ts";
import { labCluster } from "./client.ts";
import {
  configMap,
  deployment,
  forever,
  labApi,
  makeNamespace,
  removeNamespace,
  scopeIn,
} from "./lab-api.ts";

const NAMESPACE = "apply-preview";
const secret = (name: string, stringData: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name },
  stringData,
});

describe.skipIf(!need("kwok").available)("the preview of applying objects", () => {
  let api: ClusterApi;
  const signal = forever();
  const scope = (set: string, more: Partial<ApplyScope> = {}): ApplyScope =>
    scopeIn(NAMESPACE, { set, ...more });
  const preview = (objects: readonly KubeObject[], own: ApplyScope): Promise<readonly ObjectPreview[]> =>
    previewObjects(api, objects, own, { signal });
  const apply = (objects: readonly KubeObject[], own: ApplyScope): Promise<unknown> =>
    applyObjects(api, objects, own, { signal, report: () => undefined });
  /** All that is in the namespace, with its versions. */
  async function everything(): Promise<readonly string[]> {
    const kinds = [
      ["v1", "Secret"],
      ["v1", "ConfigMap"],
      ["apps/v1", "Deployment"],
      ["v1", "Service"],
    ] as const;
    const lists = await Promise.all(
      kinds.map(([apiVersion, kind]) => api.list({ apiVersion, kind }, { namespace: NAMESPACE })),
    );
    return lists
      .flat()
      .map(({ kind, metadata }) => `${kind} ${metadata.name} ${String(metadata.generation)}`);
  }

  /** Waits until the controllers have written what they write of a Deployment: it would stand among the changes. */
  async function settled(name: string): Promise<void> {
    const ref = { apiVersion: "apps/v1", kind: "Deployment", name, namespace: NAMESPACE };
    await expect
      .poll(async () => {
        const { metadata, status } = (await api.get(ref)) ?? {};
        const seen = (status as { readonly observedGeneration?: number } | undefined)?.observedGeneration;
        return metadata !== undefined && seen === metadata.generation;
      })
      .toBe(true);
  }

  beforeAll(async () => {
    api = labApi();
    await makeNamespace(NAMESPACE);
  });
  afterAll(async () => {
    await removeNamespace(NAMESPACE);
    api.close();
  });

  it("shows what would be created, changed, removed and left, field by field, and changes nothing", async () => {
    const own = scope("shown");
    const before = [
      deployment("web"),
      configMap("settings", { mode: "slow", old: "1" }),
      secret("key", { token: "hunter2-old" }),
      configMap("gone", {}),
      configMap("same", { a: "1" }),
    ];
    await apply(before, own);
    const things = await everything();
    const after = [
      deployment("web", {
        replicas: 3,
        image: "lab.local/web:2",
        container: { env: [{ name: "MODE", value: "fast" }] },
      }),
      configMap("settings", { mode: "fast" }),
      secret("key", { token: "hunter2-new" }),
      configMap("same", { a: "1" }),
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "web" },
        spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
      },
    ];
    const found = await preview(after, own);
    expect(found.map(({ ref, change }) => `${change} ${ref.kind} ${ref.name}`)).toEqual([
      "update Deployment web",
      "update ConfigMap settings",
      "update Secret key",
      "unchanged ConfigMap same",
      "create Service web",
      "remove ConfigMap gone",
    ]);
    expect(found[0]?.fields).toEqual([
      { path: "spec.replicas", from: "2", to: "3" },
      {
        path: "spec.template.spec.containers[web].image",
        from: '"lab.local/web:1"',
        to: '"lab.local/web:2"',
      },
      { path: "spec.template.spec.containers[web].env", to: '[{"name":"MODE","value":"fast"}]' },
    ]);
    expect(found[1]?.fields).toEqual([
      { path: "data.mode", from: '"slow"', to: '"fast"' },
      { path: "data.old", from: '"1"' },
    ]);
    expect(found[2]?.fields).toEqual([{ path: "data.token", from: "(changed)", to: "(changed)" }]);
    expect(JSON.stringify(found)).not.toContain(Buffer.from("hunter2-new").toString("base64"));
    expect(JSON.stringify(found)).not.toContain("hunter2");
    expect(await everything()).toEqual(things);
  });

  it("shows nothing that the server's defaulting alone makes", async () => {
    await apply([deployment("defaults")], scope("defaults"));
    const [found] = await preview([deployment("defaults")], scope("defaults"));
    expect(found).toMatchObject({ change: "unchanged", fields: [], conflicts: [] });
  });

  it("lists conflicts with their owners, refused or taken over", async () => {
    await apply([deployment("owned")], scope("owned"));
    await api.apply(
      { ...deployment("owned", { replicas: 5 }), metadata: { name: "owned", namespace: NAMESPACE } },
      { manager: "scaler", force: true },
    );
    await settled("owned");
    const conflicts = [{ path: "spec.replicas", owner: "scaler" }];
    const fields = [{ path: "spec.replicas", from: "5", to: "2" }];
    const [refused] = await preview([deployment("owned")], scope("owned"));
    expect(refused).toMatchObject({ change: "refused", conflicts, fields });
    expect(refused?.problem).toContain('spec.replicas is owned by "scaler"');
    const [forced] = await preview([deployment("owned")], scope("owned", { force: true }));
    expect(forced).toMatchObject({ change: "update", conflicts, fields });
    expect(forced?.problem).toBeUndefined();
  });

  it("says why the server would refuse an object, and goes on with the others", async () => {
    const wrong = { ...deployment("wrong"), spec: { ...deployment("wrong").spec, replicas: -1 } };
    const unknown = { apiVersion: "none.dev/v1", kind: "Thing", metadata: { name: "thing" } };
    const homeless = configMap("homeless", {}, "apply-preview-nowhere");
    const found = await preview([wrong, unknown, homeless, configMap("fine", {})], scope("refused"));
    expect(found.map(({ change, ref }) => `${change} ${ref.kind}`)).toEqual([
      "refused Thing",
      "refused Deployment",
      "refused ConfigMap",
      "create ConfigMap",
    ]);
    expect(found[0]?.problem).toContain("has no kind Thing");
    expect(found[1]?.problem).toContain("spec.replicas");
    expect(found[2]?.problem).toContain('"apply-preview-nowhere" not found');
  });

  it("says of what it cannot ask yet that it would be created", async () => {
    const space = { apiVersion: "v1", kind: "Namespace", metadata: { name: "apply-preview-new" } };
    const found = await preview([configMap("inside", {}, "apply-preview-new"), space], scope("late"));
    expect(found[0]).toMatchObject({
      change: "create",
      late: expect.stringContaining("Namespace apply-preview-new"),
    });
  });

  it("asks for permissions, and names those that we do not have", async () => {
    const ask = labCluster();
    const accounts = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
    await ask("POST", accounts, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "deployer" } });
    const rules = [
      { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "patch"] },
      { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
    ];
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}`;
    const apiVersion = "rbac.authorization.k8s.io/v1";
    await ask("POST", `${rbac}/roles`, { apiVersion, kind: "Role", metadata: { name: "deployer" }, rules });
    await ask("POST", `${rbac}/rolebindings`, {
      apiVersion,
      kind: "RoleBinding",
      metadata: { name: "deployer" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "deployer" },
      subjects: [{ kind: "ServiceAccount", name: "deployer", namespace: NAMESPACE }],
    });
    const { status } = (await ask("POST", `${accounts}/deployer/token`, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: 600 },
    })) as { readonly status: { readonly token: string } };
    const limited = labApi(undefined, status.token);
    const in_ = { namespace: NAMESPACE };
    const denied = await readPermissions(limited, [
      { verb: "patch", apiVersion: "apps/v1", kind: "Deployment", ...in_ },
      { verb: "delete", apiVersion: "apps/v1", kind: "Deployment", ...in_ },
      { verb: "get", apiVersion: "v1", kind: "Pod", subresource: "log", ...in_ },
      { verb: "get", apiVersion: "v1", kind: "Pod", ...in_ },
      { verb: "get", apiVersion: "none.dev/v1", kind: "Thing", ...in_ },
    ]);
    limited.close();
    expect(denied.map(({ verb, kind }) => `${verb} ${kind}`)).toEqual([
      "delete Deployment",
      "get Pod",
      "get Thing",
    ]);
    expect(denied.every(({ reason }) => reason !== "")).toBe(true);
    expect(await readPermissions(api, [{ verb: "delete", apiVersion: "v1", kind: "Namespace" }])).toEqual([]);
  });
});

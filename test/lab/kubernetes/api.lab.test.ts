// needs: kwok
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isSluiceError } from "../../../src/errors/index.ts";
import { openClusterApi } from "../../../src/targets/kubernetes/api/index.ts";
import type { ClusterApi, KubeObject } from "../../../src/targets/kubernetes/api/index.ts";
import { labApiServer } from "../../fixtures/kubernetes/api-faults.ts";
import { need } from "../lab.ts";

const NAMESPACE = "api-methods";
const CONFIG = { apiVersion: "v1", kind: "ConfigMap" };
const DEPLOYMENT = { apiVersion: "apps/v1", kind: "Deployment" };

const config = (name: string, data: Record<string, string>): KubeObject => ({
  ...CONFIG,
  metadata: { name, namespace: NAMESPACE },
  data,
});
const ref = (name: string) => ({ ...CONFIG, name, namespace: NAMESPACE });

function deployment(name: string, replicas = 1): KubeObject {
  const labels = { app: name };
  const containers = [{ name: "web", image: "web:1" }];
  const template = { metadata: { labels }, spec: { containers } };
  const spec = { replicas, selector: { matchLabels: labels }, template };
  return { ...DEPLOYMENT, metadata: { name, namespace: NAMESPACE }, spec };
}

async function faultOf(work: Promise<unknown>): Promise<{
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly hint: string | undefined;
  readonly causes: readonly { readonly field: string; readonly reason: string; readonly message: string }[];
}> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isSluiceError(error)) throw new Error("it was not refused", { cause: error });
  return error as never;
}

describe.skipIf(!need("kwok").available)("the client of a real API server", () => {
  let api: ClusterApi;
  const warnings: string[] = [];
  const lab = (): ReturnType<typeof labApiServer> => labApiServer();

  function open(token = lab().token): ClusterApi {
    const { server, ca } = lab();
    const credentials = () => Promise.resolve({ token });
    return openClusterApi(
      { server, ca, credentials },
      { cluster: "the lab", log: (text) => warnings.push(text) },
    );
  }

  beforeAll(async () => {
    api = open();
    const metadata = { name: NAMESPACE };
    await api.create({ apiVersion: "v1", kind: "Namespace", metadata });
  });

  afterAll(async () => {
    await api.remove({ apiVersion: "v1", kind: "Namespace", name: NAMESPACE });
    api.close();
  });

  it("finds kinds with two requests for all groups, and asks again for one that is new", async () => {
    const one = open();
    try {
      expect(await one.resource(DEPLOYMENT)).toMatchObject({ name: "deployments", namespaced: true });
      expect(await one.resource({ apiVersion: "policy/v1", kind: "PodDisruptionBudget" })).toMatchObject({
        name: "poddisruptionbudgets",
      });
      expect(await one.resource({ apiVersion: "v1", kind: "Namespace" })).toMatchObject({
        namespaced: false,
      });
      expect(one.requests).toBe(2);
      const widget = { apiVersion: "api-lab.sluice.dev/v1", kind: "Widget" };
      const missing = await faultOf(one.resource(widget));
      expect(missing).toMatchObject({ code: "MANIFEST_INVALID" });
      expect(missing.hint).toContain("CustomResourceDefinition");
      const definition = {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        name: "widgets.api-lab.sluice.dev",
      };
      const names = { plural: "widgets", singular: "widget", kind: "Widget" };
      const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
      await one.apply(
        {
          apiVersion: definition.apiVersion,
          kind: definition.kind,
          metadata: { name: definition.name },
          spec: {
            group: "api-lab.sluice.dev",
            scope: "Namespaced",
            names,
            versions: [{ name: "v1", served: true, storage: true, schema }],
          },
        },
        { manager: "lab" },
      );
      try {
        await expect
          .poll(() => one.resource(widget).catch(() => undefined), { timeout: 30_000, interval: 100 })
          .toMatchObject({ name: "widgets", namespaced: true });
        const metadata = { name: "first", namespace: NAMESPACE };
        const made = await one.apply({ ...widget, metadata, spec: { size: 3 } }, { manager: "lab" });
        expect(made.spec).toEqual({ size: 3 });
      } finally {
        await one.remove(definition);
      }
    } finally {
      one.close();
    }
  });

  it("creates, gets, replaces and removes", async () => {
    const made = await api.create(config("life", { a: "ä→😀" }), { manager: "lab" });
    expect(made.metadata.managedFields?.[0]?.manager).toBe("lab");
    expect((await api.get(ref("life")))?.["data"]).toEqual({ a: "ä→😀" });
    const replaced = await api.replace({ ...made, data: { b: "2" } });
    expect(replaced["data"]).toEqual({ b: "2" });
    expect(await faultOf(api.replace({ ...made, data: {} }))).toMatchObject({
      code: "CLUSTER_REFUSED",
      status: 409,
    });
    expect(await faultOf(api.create(config("life", {})))).toMatchObject({
      status: 409,
      reason: "AlreadyExists",
    });
    expect(await faultOf(api.remove(ref("life"), { uid: "another" }))).toMatchObject({ status: 409 });
    const { uid, resourceVersion } = replaced.metadata;
    expect(await api.remove(ref("life"), { uid: uid!, resourceVersion: resourceVersion! })).toBe(true);
    expect(await api.remove(ref("life"))).toBe(false);
    expect(await api.get(ref("life"))).toBeUndefined();
  });

  it("changes nothing by a dry run", async () => {
    await api.create(config("dry", {}), { dryRun: true });
    await api.apply(config("dry", { a: "1" }), { manager: "lab", dryRun: true });
    expect(await api.get(ref("dry"))).toBeUndefined();
    const made = await api.create(config("dry", { a: "1" }));
    expect((await api.replace({ ...made, data: { a: "2" } }, { dryRun: true }))["data"]).toEqual({ a: "2" });
    expect((await api.merge(ref("dry"), { data: { a: "3" } }, { dryRun: true }))["data"]).toEqual({ a: "3" });
    expect(await api.remove(ref("dry"), { dryRun: true })).toBe(true);
    expect((await api.get(ref("dry")))?.["data"]).toEqual({ a: "1" });
  });

  it("applies by server-side apply, and shows who owns a field that is in conflict", async () => {
    await api.apply(config("owned", { a: "1", b: "1" }), { manager: "first" });
    const conflict = await faultOf(api.apply(config("owned", { a: "2" }), { manager: "second" }));
    expect(conflict).toMatchObject({ code: "FIELD_CONFLICT", status: 409 });
    expect(conflict.message).toContain('data.a (conflict with "first")');
    expect(conflict.causes).toMatchObject([{ field: ".data.a", reason: "FieldManagerConflict" }]);
    const taken = await api.apply(config("owned", { a: "2" }), { manager: "second", force: true });
    expect(taken["data"]).toEqual({ a: "2", b: "1" });
    // What a manager leaves out is removed, where nobody else wants it.
    expect((await api.apply(config("owned", { a: "2" }), { manager: "first", force: true }))["data"]).toEqual(
      { a: "2" },
    );
  });

  it("names each field that is wrong", async () => {
    const wrong = { ...deployment("wrong"), spec: { replicas: -1, selector: {}, template: {} } };
    const invalid = await faultOf(api.create(wrong));
    expect(invalid).toMatchObject({ code: "MANIFEST_INVALID", status: 422 });
    expect(invalid.causes.map(({ field }) => field)).toEqual(
      expect.arrayContaining(["spec.replicas", "spec.selector", "spec.template.spec.containers"]),
    );
    for (const { field } of invalid.causes) expect(invalid.message).toContain(field);
    const misspelt = { ...deployment("wrong"), spec: { ...deployment("wrong").spec, replica: 2 } };
    const unknown = await faultOf(api.create(misspelt));
    expect(unknown).toMatchObject({ code: "MANIFEST_INVALID" });
    expect(unknown.message).toContain('unknown field "spec.replica"');
    expect(await faultOf(api.apply(misspelt, { manager: "lab" }))).toMatchObject({
      code: "MANIFEST_INVALID",
    });
    const nowhere = { ...config("wrong", {}), metadata: { name: "wrong" } };
    expect(await faultOf(api.create(nowhere))).toMatchObject({ code: "MANIFEST_INVALID" });
  });

  it("scales by a merge patch of the subresource", async () => {
    await api.create(deployment("scaled"));
    const scaled = { ...DEPLOYMENT, name: "scaled", namespace: NAMESPACE };
    await api.merge(scaled, { spec: { replicas: 2 } }, { subresource: "scale", manager: "lab" });
    expect((await api.get(scaled))?.spec?.["replicas"]).toBe(2);
    await api.remove(scaled, { propagation: "Foreground" });
  });

  it("lists page by page, with a selection", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `listed-${index}`);
    await Promise.all(
      names.map((name) =>
        api.create({
          ...config(name, {}),
          metadata: { name, namespace: NAMESPACE, labels: { set: "listed" } },
        }),
      ),
    );
    const found = await api.list(CONFIG, { namespace: NAMESPACE, labels: "set=listed" });
    expect(found.map(({ metadata }) => metadata.name).sort()).toEqual([...names].sort());
    expect(found[0]).toMatchObject(CONFIG);
    const one = await api.list(CONFIG, { namespace: NAMESPACE, fields: "metadata.name=listed-3" });
    expect(one).toHaveLength(1);
    expect((await api.list(CONFIG, { labels: "set=listed" })).length).toBe(12);
  });

  it("says who may not do what", async () => {
    const account = {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "nobody", namespace: NAMESPACE },
    };
    await api.apply(account, { manager: "lab" });
    const asked = (await api.request("POST", `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/nobody/token`, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: 600 },
    })) as { status: { token: string } };
    const nobody = open(asked.status.token);
    try {
      const denied = await faultOf(nobody.create(deployment("mine")));
      expect(denied).toMatchObject({ code: "CLUSTER_DENIED", status: 403 });
      expect(denied.message).toContain(
        `system:serviceaccount:${NAMESPACE}:nobody may not create deployments.apps in namespace ${NAMESPACE}`,
      );
      expect(denied.hint).toContain("doctor");
      const review = (await nobody.request("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: {
          resourceAttributes: {
            namespace: NAMESPACE,
            verb: "create",
            group: "apps",
            resource: "deployments",
          },
        },
      })) as { status: { allowed: boolean } };
      expect(review.status.allowed).toBe(false);
      const watch = nobody.watch(CONFIG, { namespace: NAMESPACE });
      expect(await faultOf(watch.synced)).toMatchObject({ code: "CLUSTER_DENIED" });
      expect(await faultOf(watch.broken)).toMatchObject({ code: "CLUSTER_DENIED" });
      watch.close();
    } finally {
      nobody.close();
    }
    const stranger = open("no-such-token");
    try {
      const refused = await faultOf(stranger.get(ref("x")));
      expect(refused).toMatchObject({ code: "CLUSTER_DENIED", status: 401 });
      expect(refused.message).not.toContain("no-such-token");
    } finally {
      stranger.close();
    }
  });

  it("has no log of a pod that is not there, and none of one that never ran", async () => {
    const pod = { apiVersion: "v1", kind: "Pod", name: "none", namespace: NAMESPACE };
    expect(await api.logTail(pod, { lines: 5 })).toBeUndefined();
    const metadata = { name: "unscheduled", namespace: NAMESPACE };
    const spec = { containers: [{ name: "web", image: "web:1" }], nodeSelector: { nowhere: "true" } };
    await api.create({ apiVersion: "v1", kind: "Pod", metadata, spec });
    expect(await api.logTail({ ...pod, name: "unscheduled" }, { lines: 5 })).toBeUndefined();
    expect(await api.logTail({ ...pod, name: "unscheduled" }, { lines: 5, container: "x" })).toBeUndefined();
  });

  it("passes on what the server warns of, once", async () => {
    const { spec } = deployment("warned");
    const containers = [
      {
        name: "web",
        image: "web:1",
        env: [
          { name: "A", value: "1" },
          { name: "A", value: "2" },
        ],
      },
    ];
    const doubled: KubeObject = {
      ...deployment("warned"),
      spec: { ...spec, template: { metadata: { labels: { app: "warned" } }, spec: { containers } } },
    };
    await api.create(doubled, { dryRun: true });
    await api.create(doubled, { dryRun: true });
    expect(
      warnings.filter((text) => /the API server warns: .*hides previous definition/.test(text)),
    ).toHaveLength(1);
  });

  it("keeps objects current by one list and one watch, shared and without managed fields", async () => {
    const one = open();
    try {
      const query = { namespace: NAMESPACE, labels: "set=watched" };
      const first = one.watch(CONFIG, query);
      const second = one.watch(CONFIG, query);
      await Promise.all([first.synced, second.synced]);
      const seen: string[] = [];
      let told: () => void = () => undefined;
      first.onChange((key, object) => {
        seen.push(`${key} ${object === undefined ? "gone" : (object["data"] as { v: string }).v}`);
        told();
      });
      const until = async (count: number): Promise<void> => {
        while (seen.length < count) await new Promise<void>((resolve) => (told = resolve));
      };
      const labels = { set: "watched" };
      const metadata = { name: "watched", namespace: NAMESPACE, labels };
      await api.apply({ ...CONFIG, metadata, data: { v: "1" } }, { manager: "lab" });
      await api.apply({ ...CONFIG, metadata, data: { v: "2" } }, { manager: "lab" });
      await api.remove(ref("watched"));
      await until(3);
      const key = `${NAMESPACE}/watched`;
      expect(seen).toEqual([`${key} 1`, `${key} 2`, `${key} gone`]);
      await api.apply({ ...CONFIG, metadata, data: { v: "3" } }, { manager: "lab" });
      await until(4);
      expect(second.objects.get(key)).toMatchObject({ ...CONFIG, data: { v: "3" } });
      expect(second.objects.get(key)?.metadata.managedFields).toBeUndefined();
      first.close();
      second.close();
      expect(one.requests).toBe(3);
    } finally {
      one.close();
    }
  });
});

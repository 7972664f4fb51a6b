// needs: kwok
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SluiceError } from "../../../src/errors/index.ts";
import type { ClusterApi, KubeObject, ObjectRef } from "../../../src/targets/kubernetes/api/types.ts";
import { applyObjects } from "../../../src/targets/kubernetes/apply/apply-objects.ts";
import type { Applied } from "../../../src/targets/kubernetes/apply/types.ts";
import type { WaitOptions } from "../../../src/targets/kubernetes/wait/types.ts";
import { waitUntilGone } from "../../../src/targets/kubernetes/wait/wait-until-gone.ts";
import { waitUntilReady } from "../../../src/targets/kubernetes/wait/wait-until-ready.ts";
import { need } from "../lab.ts";
import { labCluster } from "./client.ts";
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

const NAMESPACE = "apply-wait";
const FULL = "apply-wait-full";

const play = (pod: string, after?: string): Readonly<Record<string, string>> => ({
  "lab/pod": pod,
  ...(after === undefined ? {} : { "lab/after": after }),
});

function job(name: string, annotations: Readonly<Record<string, string>>): KubeObject {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: { backoffLimit: 0, template: podTemplate(name, { annotations, pod: { restartPolicy: "Never" } }) },
  };
}

function statefulSet(name: string, replicas: number): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name },
    spec: {
      replicas,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name),
    },
  };
}

describe.skipIf(!need("kwok").available)("waiting for what was applied", () => {
  let api: ClusterApi;
  const said: string[] = [];

  beforeAll(async () => {
    api = labApi();
    await Promise.all([makeNamespace(NAMESPACE), makeNamespace(FULL)]);
    const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "small", namespace: FULL } };
    await api.create({ ...quota, spec: { hard: { pods: "1" } } });
  });

  afterAll(async () => {
    await Promise.all([removeNamespace(NAMESPACE), removeNamespace(FULL)]);
    api.close();
  });

  async function apply(objects: readonly KubeObject[], namespace = NAMESPACE): Promise<readonly Applied[]> {
    const scope = scopeIn(namespace, { set: `set-of-${objects[0]?.metadata.name ?? ""}` });
    return await applyObjects(api, objects, scope, { signal: forever(), report: () => undefined });
  }
  async function wait(
    applied: readonly Applied[],
    options: Partial<WaitOptions> = {},
    by = api,
  ): Promise<void> {
    said.length = 0;
    const report = (text: string): void => void said.push(text);
    await waitUntilReady(by, applied, { timeout: 30_000, signal: forever(), report, ...options });
  }
  async function failureOf(
    applied: readonly Applied[],
    options: Partial<WaitOptions> = {},
  ): Promise<SluiceError> {
    return await wait(applied, options).then(
      () => expect.unreachable("it became ready"),
      (error: unknown) => error as SluiceError,
    );
  }
  const refOf = (name: string): ObjectRef => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    name,
    namespace: NAMESPACE,
  });

  it("ends when all are ready, tells each change once, and asks little", async () => {
    const own = labApi();
    const before = own.requests;
    const objects = [
      configMap("settings", {}),
      deployment("four", { replicas: 4, annotations: play("ready", "500ms") }),
    ];
    const applied = await applyObjects(own, objects, scopeIn(NAMESPACE, { set: "four-set" }), {
      signal: forever(),
      report: () => undefined,
    });
    const applying = own.requests - before;
    await wait(applied, {}, own);
    const all = own.requests - before;
    own.close();
    // Discovery of the core and of all groups, the parent (read and written), and of each object a dry run and the apply.
    expect(applying).toBe(2 + 2 + 2 * objects.length);
    // A list and a watch of Deployments, ReplicaSets and pods.
    expect(all - applying).toBe(3 * 2);
    expect(all).toBe(14);
    expect(said.at(-1)).toBe(`Deployment ${NAMESPACE}/four: 4 of 4 replicas are available`);
    expect(new Set(said).size).toBe(said.length);
    expect(said.some((text) => /pod four-\w+-\w+ (?:is being started|waits for a node)/.test(text))).toBe(
      true,
    );
  });

  it("asks nothing about what is ready already", async () => {
    await wait(await apply([deployment("calm")]));
    const again = await apply([deployment("calm"), configMap("calm", {})]);
    const before = api.requests;
    await wait(again);
    expect(api.requests).toBe(before);
    expect(said).toEqual([]);
  });

  it("fails as soon as a container has crashed often enough, with the warnings", async () => {
    const applied = await apply([deployment("crashing", { annotations: play("crash") })]);
    for (const pod of await podsOf("crashing"))
      await warn(pod, "BackOff", "Back-off restarting: password hunter2");
    const since = performance.now();
    const error = await failureOf(applied, { mask: (text) => text.replaceAll("hunter2", "***") });
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(error.code).toBe("RELEASE_UNHEALTHY");
    expect(error.message).toMatch(
      /Deployment apply-wait\/crashing did not become ready: pod crashing-\w+-\w+, container web: it has crashed 3 times/,
    );
    expect(error.message).toContain("BackOff");
    expect(error.message).toContain("password ***");
  });

  it("fails as soon as an image cannot be pulled", async () => {
    const error = await failureOf(await apply([deployment("pulling", { annotations: play("pull") })]));
    expect(error.message).toContain("its image cannot be pulled: Back-off pulling image: manifest unknown");
  });

  it("is not misled by the pods of an older revision", async () => {
    await failureOf(await apply([deployment("mended", { annotations: play("pull") })]));
    const applied = await apply([deployment("mended", { annotations: play("ready", "1s") })]);
    await wait(applied);
    expect(said.at(-1)).toContain("2 of 2 replicas");
  });

  it("names who changed an object meanwhile", async () => {
    const applied = await apply([deployment("contested", { annotations: play("unready") })]);
    const waiting = failureOf(applied);
    const change = { spec: { template: { spec: { terminationGracePeriodSeconds: 3 } } } };
    await api.merge(refOf("contested"), change, { manager: "kubectl-edit" });
    const error = await waiting;
    expect(error.code).toBe("TARGET_STATE");
    expect(error.message).toMatch(
      /no longer as it was applied, by "kubectl-edit" at \d{4}-.*Z: generation 2/,
    );
  });

  it("goes on when an autoscaler sets the number of replicas", async () => {
    const { spec, ...rest } = deployment("scaled", { annotations: play("ready", "1s") });
    const { replicas, ...free } = spec as { replicas: number };
    expect(replicas).toBe(2);
    const applied = await apply([{ ...rest, spec: free }]);
    const waiting = wait(applied);
    const scale = { spec: { replicas: 3 } };
    await api.merge(refOf("scaled"), scale, { manager: "autoscaler", subresource: "scale" });
    await waiting;
    expect(said.at(-1)).toContain("3 of 3 replicas");
  });

  it("says so when an object is removed, or made anew, meanwhile", async () => {
    const applied = await apply([deployment("removed", { annotations: play("unready") })]);
    const waiting = failureOf(applied);
    await api.remove(refOf("removed"));
    expect((await waiting).message).toMatch(
      /is no longer as it was applied.*: it (?:was removed|is being deleted)/,
    );
    await apply([deployment("removed", { annotations: play("unready") })]);
    expect((await failureOf(applied)).message).toContain("it was removed and made anew");
  });

  it("tells of pods that a quota refuses, unless it makes room in time", async () => {
    const patience = { refused: 1_000 };
    const applied = await apply([deployment("crowded", { replicas: 2 })], FULL);
    const error = await failureOf(applied, { patience });
    expect(error.message).toContain("its pods cannot be made");
    expect(error.message).toContain("exceeded quota: small");
    expect(error.message).toMatch(/warnings:\n {2}\| FailedCreate.*ReplicaSet crowded-/);
    const again = wait(await apply([deployment("crowded", { replicas: 2 })], FULL), {
      patience: { refused: 20_000 },
    });
    const quota = { apiVersion: "v1", kind: "ResourceQuota", name: "small", namespace: FULL };
    await api.merge(quota, { spec: { hard: { pods: "2" } } });
    // The controller tries again when it next looks at the ReplicaSet.
    await nudge("crowded");
    await again;
    await api.remove({ ...refOf("crowded"), namespace: FULL });
    await waitUntilGone(api, [{ ...refOf("crowded"), namespace: FULL }], {
      timeout: 30_000,
      signal: forever(),
    });
  });

  it("tells of a StatefulSet's pods that a quota refuses, by its events", async () => {
    const quota = { apiVersion: "v1", kind: "ResourceQuota", name: "small", namespace: FULL };
    await api.merge(quota, { spec: { hard: { pods: "0" } } });
    const applied = await apply([statefulSet("ordered", 1)], FULL);
    const error = await failureOf(applied, { patience: { refused: 500 } });
    expect(error.message).toContain(
      "StatefulSet apply-wait-full/ordered did not become ready: its pods cannot be made",
    );
    expect(error.message).toContain("exceeded quota");
  });

  it("gives a pod that no node takes some time, by our own clock", async () => {
    const pod = { nodeSelector: { "no/such": "node" } };
    const applied = await apply([deployment("homeless", { pod })]);
    const error = await failureOf(applied, { patience: { unscheduled: 700 } });
    expect(error.message).toContain("no node takes it: 0/");
    expect(said.some((text) => text.includes("waits for a node"))).toBe(true);
  });

  it("says at the end of the time what was still awaited", async () => {
    const objects = [deployment("slow", { annotations: play("unready") }), deployment("quick")];
    const error = await failureOf(await apply(objects), { timeout: 5_000 });
    expect(error.code).toBe("RELEASE_UNHEALTHY");
    expect(error.message).toMatch(
      /not ready after 5\.0s:\n- Deployment apply-wait\/slow: 0 of 2 new replicas are available; pod slow-\S+ runs and is not ready yet/,
    );
    expect(error.message).not.toContain("quick");
  });

  it("waits for the end of a Job, and tells how it failed", async () => {
    await wait(await apply([job("migrate", play("ready", "300ms"))]));
    expect(said.at(-1)).toBe(`Job ${NAMESPACE}/migrate: it is complete`);
    const error = await failureOf(await apply([job("broken", play("fail"))]));
    expect(error.message).toContain(
      "Job apply-wait/broken did not become ready: it failed: BackoffLimitExceeded",
    );
  });

  it("ends with the signal's reason", async () => {
    const applied = await apply([deployment("stopped", { annotations: play("unready") })]);
    const stop = new AbortController();
    const waiting = failureOf(applied, {
      signal: stop.signal,
      report: () => stop.abort(new Error("enough")),
    });
    expect((await waiting).message).toBe("enough");
  });

  it("needs no right to see pods", async () => {
    const token = await limitedToken();
    const limited = labApi(undefined, token);
    const applied = await apply([deployment("hidden", { annotations: play("ready", "300ms") })]);
    await wait(applied, {}, limited);
    limited.close();
    expect(said[0]).toContain("pods may not be watched by us");
    expect(said.at(-1)).toContain("2 of 2 replicas");
  });

  it("waits until objects are gone, and says what holds them", async () => {
    const ref = { apiVersion: "v1", kind: "ConfigMap", name: "held", namespace: NAMESPACE };
    const made = await api.create({
      ...configMap("held", {}, NAMESPACE),
      metadata: { name: "held", namespace: NAMESPACE, finalizers: ["lab.dev/hold"] },
    });
    await api.remove(ref);
    const options = { timeout: 300, signal: forever() };
    await expect(waitUntilGone(api, [ref], options)).rejects.toMatchObject({
      code: "TARGET_STATE",
      message: expect.stringMatching(
        /ConfigMap apply-wait\/held is being deleted since .*, held by lab.dev\/hold/,
      ),
    });
    const gone = waitUntilGone(api, [ref], { ...options, timeout: 30_000 });
    await api.merge(ref, { metadata: { finalizers: null } });
    await gone;
    await api.create(configMap("held", {}, NAMESPACE));
    await waitUntilGone(api, [{ ...ref, uid: made.metadata.uid! }], options);
    await expect(waitUntilGone(api, [ref], options)).rejects.toThrow("is not being deleted");
  });

  async function podsOf(app: string, count = 2): Promise<readonly KubeObject[]> {
    const watch = api.watch(
      { apiVersion: "v1", kind: "Pod" },
      { namespace: NAMESPACE, labels: `app=${app}` },
    );
    await watch.synced;
    while (watch.objects.size < count) {
      await new Promise<void>((resolve) => {
        const stop = watch.onChange(() => {
          stop();
          resolve();
        });
      });
    }
    const pods = [...watch.objects.values()];
    watch.close();
    return pods;
  }

  async function warn({ metadata }: KubeObject, reason: string, message: string): Promise<void> {
    const { name, namespace = NAMESPACE, uid } = metadata;
    await api.create({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: `${name}.${reason.toLowerCase()}`, namespace },
      involvedObject: { apiVersion: "v1", kind: "Pod", name, namespace, uid },
      reason,
      message,
      type: "Warning",
      count: 7,
      lastTimestamp: new Date().toISOString(),
    });
  }

  /** Has the ReplicaSet's controller look again now, and not after its pause. */
  async function nudge(app: string): Promise<void> {
    const kind = { apiVersion: "apps/v1", kind: "ReplicaSet" };
    for (const { metadata } of await api.list(kind, { namespace: FULL, labels: `app=${app}` })) {
      const ref = { ...kind, name: metadata.name, namespace: FULL };
      await api.merge(ref, { metadata: { annotations: { nudged: "yes" } } });
    }
  }

  async function limitedToken(): Promise<string> {
    const ask = labCluster();
    const name = "limited";
    const place = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
    await ask("POST", place, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } });
    const rules = [
      { apiGroups: ["apps"], resources: ["deployments", "replicasets"], verbs: ["get", "list", "watch"] },
    ];
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}`;
    const apiVersion = "rbac.authorization.k8s.io/v1";
    await ask("POST", `${rbac}/roles`, { apiVersion, kind: "Role", metadata: { name }, rules });
    await ask("POST", `${rbac}/rolebindings`, {
      apiVersion,
      kind: "RoleBinding",
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: NAMESPACE }],
    });
    const answer = (await ask("POST", `${place}/${name}/token`, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: 600 },
    })) as { readonly status: { readonly token: string } };
    return answer.status.token;
  }
});

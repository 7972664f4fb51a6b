// needs: kwok
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { judgeReadiness } from "../../../src/targets/kubernetes/readiness/judge.ts";
import type { LiveObject } from "../../../src/targets/kubernetes/readiness/object.ts";
import { podTrouble } from "../../../src/targets/kubernetes/readiness/pods.ts";
import type { Verdict } from "../../../src/targets/kubernetes/readiness/verdict.ts";
import { need } from "../lab.ts";
import { labCluster } from "./client.ts";

const NAMESPACE = "readiness";
const PATHS: Readonly<Record<string, string>> = {
  Deployment: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`,
  StatefulSet: `/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets`,
  DaemonSet: `/apis/apps/v1/namespaces/${NAMESPACE}/daemonsets`,
  Job: `/apis/batch/v1/namespaces/${NAMESPACE}/jobs`,
};

const pods = (
  name: string,
  annotations: Readonly<Record<string, string>>,
  restartPolicy?: string,
): object => ({
  metadata: { labels: { app: name }, annotations },
  spec: {
    containers: [{ name: "web", image: "web:1" }],
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
  },
});

function workload(
  kind: string,
  name: string,
  spec: object,
  annotations: Readonly<Record<string, string>>,
): object {
  const selector = { matchLabels: { app: name } };
  const template = pods(name, annotations);
  return { apiVersion: "apps/v1", kind, metadata: { name }, spec: { ...spec, selector, template } };
}

function job(name: string, annotations: Readonly<Record<string, string>>): object {
  const spec = { backoffLimit: 0, template: pods(name, annotations, "Never") };
  return { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec };
}

describe.skipIf(!need("kwok").available)("readiness on a real control plane", () => {
  let ask: ReturnType<typeof labCluster>;

  beforeAll(async () => {
    ask = labCluster();
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };
    await ask("POST", "/api/v1/namespaces", namespace);
    const account = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`;
    await vi.waitFor(() => ask("GET", account), { timeout: 30_000, interval: 50 });
  });

  afterAll(async () => {
    await ask("DELETE", `/api/v1/namespaces/${NAMESPACE}`);
  });

  /** Creates an object and follows it until the verdict is the one wanted. Gives every verdict on the way. */
  async function follow(object: object, wanted: Verdict["state"]): Promise<readonly string[]> {
    const made = (await ask("POST", PATHS[(object as LiveObject).kind] ?? "", object)) as LiveObject;
    return await watch(made, wanted);
  }

  async function watch(made: LiveObject, wanted: Verdict["state"]): Promise<readonly string[]> {
    const seen: string[] = [];
    await vi.waitFor(
      async () => {
        const now = (await ask("GET", `${PATHS[made.kind] ?? ""}/${made.metadata.name}`)) as LiveObject;
        const { state } = judgeReadiness(
          { ...now, kind: made.kind, apiVersion: made.apiVersion },
          made.metadata.generation,
        );
        if (seen.at(-1) !== state) seen.push(state);
        expect(state).toBe(wanted);
      },
      { timeout: 60_000, interval: 20 },
    );
    return seen;
  }

  it.each([
    ["Deployment", workload("Deployment", "web", { replicas: 2 }, { "lab/after": "1s" })],
    [
      "StatefulSet",
      workload("StatefulSet", "db", { replicas: 2, serviceName: "db" }, { "lab/after": "500ms" }),
    ],
    ["DaemonSet", workload("DaemonSet", "agent", {}, { "lab/after": "1s" })],
    ["Job", job("migrate", { "lab/after": "1s" })],
  ])("a %s is waited for until it is ready", async (_kind, object) => {
    expect(await follow(object, "ready")).toEqual(["waiting", "ready"]);
  });

  it("a job that fails has failed", async () => {
    expect(await follow(job("broken", { "lab/pod": "fail" }), "failed")).toEqual(["waiting", "failed"]);
  });

  it("a deployment whose pods never become ready fails at its progress deadline", async () => {
    const spec = { replicas: 1, progressDeadlineSeconds: 2 };
    const object = workload("Deployment", "stuck", spec, { "lab/pod": "unready" });
    expect(await follow(object, "failed")).toEqual(["waiting", "failed"]);
  });

  it("what somebody else has changed since is superseded", async () => {
    const object = workload("Deployment", "shared", { replicas: 1 }, {});
    const made = (await ask("POST", PATHS["Deployment"] ?? "", object)) as LiveObject;
    const path = `${PATHS["Deployment"] ?? ""}/shared`;
    await vi.waitFor(
      async () => {
        const now = (await ask("GET", path)) as LiveObject;
        await ask("PUT", path, { ...now, spec: { ...now.spec, replicas: 2 } });
      },
      { timeout: 10_000, interval: 50 },
    );
    expect((await watch({ ...made, kind: "Deployment", apiVersion: "apps/v1" }, "superseded")).at(-1)).toBe(
      "superseded",
    );
  });

  it.each([
    ["crash", "CrashLoopBackOff", true],
    ["pull", "ImagePullBackOff", false],
  ])("pods that %s are found at once", async (play, reason, hasLog) => {
    const name = `trouble-${play}`;
    await ask(
      "POST",
      PATHS["Deployment"] ?? "",
      workload("Deployment", name, { replicas: 1 }, { "lab/pod": play }),
    );
    await vi.waitFor(
      async () => {
        const path = `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=app%3D${name}`;
        const { items } = (await ask("GET", path)) as { items: readonly LiveObject[] };
        const troubles = items.map((pod) => podTrouble(pod, Date.now()));
        expect(troubles).toEqual([expect.objectContaining({ container: "web", reason, hasLog })]);
      },
      { timeout: 30_000, interval: 50 },
    );
  });
});

import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { podsOf } from "../../../../../src/targets/kubernetes/wait/pods-of.ts";

const REVISION = "deployment.kubernetes.io/revision";

function object(kind: string, name: string, metadata: object, rest: object = {}): KubeObject {
  return { apiVersion: "apps/v1", kind, metadata: { name, uid: name, ...metadata }, ...rest };
}

function ownedBy(uid: string): object {
  return { ownerReferences: [{ uid, controller: true }] };
}

const deployment = (generation: number, observedGeneration: number): KubeObject =>
  object(
    "Deployment",
    "web",
    { generation, annotations: { [REVISION]: "1" } },
    { status: { observedGeneration } },
  );
const replicaSet = object("ReplicaSet", "web-1", { ...ownedBy("web"), annotations: { [REVISION]: "1" } });
const pod = object("Pod", "web-1-a", ownedBy("web-1"));

describe("the pods of a workload's newest revision", () => {
  it("are those of the ReplicaSet with the Deployment's revision", () => {
    expect(podsOf(deployment(1, 1), [replicaSet], [pod])).toEqual([pod]);
  });

  it("are none until the controller has seen the newest template, because its revision is the old one's", () => {
    expect(podsOf(deployment(2, 1), [replicaSet], [pod])).toEqual([]);
  });

  it("are a Job's own, of which no generation is ever observed", () => {
    const job = object("Job", "migrate", { generation: 1 }, { status: {} });
    const own = object("Pod", "migrate-a", ownedBy("migrate"));
    expect(podsOf(job, [], [own, pod])).toEqual([own]);
  });
});

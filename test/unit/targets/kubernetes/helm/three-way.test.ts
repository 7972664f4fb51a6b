import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { threeWay } from "../../../../../src/targets/kubernetes/helm/three-way.ts";

const pod = (containers: unknown, more: object = {}): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: { ...more, containers },
});

/** As the server says it of lists whose items have keys. */
const fieldsV1 = {
  "f:spec": {
    "f:containers": {
      'k:{"name":"web"}': {
        "f:env": { 'k:{"name":"A"}': {}, 'k:{"name":"THEIRS"}': {} },
        "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': {} },
      },
    },
  },
};
const owned = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    managedFields: [{ manager: "helm", operation: "Update", apiVersion: "apps/v1", fieldsV1 }],
  },
});

describe("threeWay", () => {
  it("takes out what was said before and is not any more, and leaves what was never said", () => {
    const old = pod([{ name: "web", image: "web:1" }], { paused: true, replicas: 2 });
    const live = owned(
      pod([{ name: "web", image: "web:1", pullPolicy: "Always" }], {
        paused: true,
        replicas: 5,
        extra: "theirs",
      }),
    );
    const next = pod([{ name: "web", image: "web:2" }], { replicas: 2 });
    expect(threeWay(old, next, live)).toEqual(
      pod([{ name: "web", image: "web:2", pullPolicy: "Always" }], { replicas: 2, extra: "theirs" }),
    );
  });

  it("tells items apart by the server's keys, those that it fills in among them", () => {
    const container = (env: unknown, ports: unknown) => [{ name: "web", env, ports }];
    const old = pod(
      container(
        [
          { name: "A", value: "1" },
          { name: "B", value: "1" },
        ],
        [{ containerPort: 80 }],
      ),
    );
    const live = owned(
      pod(
        container(
          [
            { name: "A", value: "1" },
            { name: "B", value: "1" },
            { name: "THEIRS", value: "x" },
          ],
          [{ containerPort: 80, protocol: "TCP" }],
        ),
      ),
    );
    const from = { secretKeyRef: { name: "key", key: "a" } };
    const next = pod(container([{ name: "A", valueFrom: from }], [{ containerPort: 80, name: "http" }]));
    expect(threeWay(old, next, live)).toEqual(
      pod(
        container(
          [
            { name: "A", valueFrom: from },
            { name: "THEIRS", value: "x" },
          ],
          [{ containerPort: 80, protocol: "TCP", name: "http" }],
        ),
      ),
    );
  });

  it("replaces lists whose items have no keys, and takes null for nothing", () => {
    const old = pod([], { args: ["a", "b"], gone: 1 });
    const live = owned(pod([], { args: ["a", "b", "c"], gone: 1 }));
    expect(threeWay(old, pod([], { args: ["d"], gone: null }), live)).toEqual(pod([], { args: ["d"] }));
  });
});

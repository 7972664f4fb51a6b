import { describe, expect, it } from "vitest";
import { service } from "../../../src/deploy/service.ts";
import { REF, SECRET, type RefCore, type Secret } from "../../../src/model/index.ts";

const secret = { [SECRET]: { name: "token" } } as unknown as Secret;
const ref = {
  [REF]: { owner: {}, expression: { $ref: "build/side", path: [] }, passed: [] },
} as unknown as RefCore<string, never>;

/** An app that is made into every object. */
const every = { image: "web:1", replicas: 2, autoscale: { max: 4 } };
const patching = (patch: unknown, changes: object = {}): (() => unknown) => {
  return () => service({ ...every, ...changes, patch } as never);
};
const pod = (spec: object): object => ({ pod: { spec } });
const app = (fields: object): object => pod({ containers: [{ name: "app", ...fields }] });

describe("the patch of a service", () => {
  it("stands in the Plan as it is given, refs to texts among it", () => {
    const patch = {
      pod: {
        metadata: { annotations: { "linkerd.io/inject": "enabled" } },
        spec: {
          tolerations: [{ key: "gpu", operator: "Exists" }],
          nodeSelector: { pool: "gpu" },
          containers: [
            { name: "side", image: ref },
            { name: "app", lifecycle: null, ports: [{ name: "metrics", containerPort: 9_100 }] },
          ],
        },
      },
      deployment: { spec: { strategy: { rollingUpdate: { maxSurge: 1 } } } },
      service: {
        metadata: { annotations: { a: "b" } },
        spec: { type: "LoadBalancer", ports: [{ port: 443 }] },
      },
      account: { imagePullSecrets: [{ name: "registry" }] },
      autoscaler: { spec: { metrics: [] } },
      disruptionBudget: { spec: { maxUnavailable: null, minAvailable: 1 } },
    };
    expect(service({ ...every, patch }).spec).toMatchObject({ cluster: { patch } });
  });

  it.each([["pod"], ["deployment"], ["service"], ["account"], ["autoscaler"], ["disruptionBudget"]])(
    "of %s leaves alone what the object is found by",
    (part) => {
      const owned = patching({
        [part]: {
          kind: "X",
          apiVersion: "v2",
          metadata: {
            name: "x",
            namespace: "y",
            labels: {
              "sluice.dev/revision": "1",
              "app.kubernetes.io/name": "x",
              "app.kubernetes.io/part-of": "x",
            },
            annotations: { "sluice.dev/weight": "5" },
          },
        },
      });
      for (const path of [
        "kind",
        "apiVersion",
        "metadata.name",
        "metadata.namespace",
        'metadata.labels["sluice.dev/revision"]',
        'metadata.labels["app.kubernetes.io/name"]',
        'metadata.annotations["sluice.dev/weight"]',
      ])
        expect(owned).toThrow(`patch.${part}.${path} is Sluice's`);
      expect(owned).not.toThrow("part-of");
      expect(patching({ [part]: { metadata: null } })).toThrow(
        `patch.${part}.metadata must be an object, because Sluice needs parts of it, not null`,
      );
      expect(patching({ [part]: { metadata: { labels: ref } } })).toThrow(
        "metadata.labels must be an object",
      );
      expect(patching({ [part]: [] })).toThrow(`patch.${part} must be an object, not a list`);
    },
  );

  it.each([
    [{ deployment: { spec: { selector: {} } } }, "patch.deployment.spec.selector is Sluice's"],
    [{ deployment: { spec: { replicas: 3 } } }, "spec.replicas is set by the rollout: give it by replicas"],
    [{ deployment: { spec: { paused: true } } }, "spec.paused would keep every release from coming up"],
    [{ deployment: { spec: { template: {} } } }, "spec.template is patched by patch.pod"],
    [{ service: { spec: { selector: null } } }, "patch.service.spec.selector is Sluice's"],
    [{ service: { spec: { ports: null } } }, "spec.ports must be a list, because Sluice needs parts of it"],
    [{ service: { spec: { ports: [{ port: 80, name: "web" }] } } }, 'spec.ports[0].name is "http"'],
    [{ autoscaler: { spec: { scaleTargetRef: {} } } }, "patch.autoscaler.spec.scaleTargetRef is Sluice's"],
    [{ disruptionBudget: { spec: { selector: {} } } }, "patch.disruptionBudget.spec.selector is Sluice's"],
    [app({ image: "x" }), "patch.pod.spec.containers[0].image is the one that has passed the gates"],
    [app({ ports: null }), "containers[0].ports must be a list, because Sluice needs parts of it"],
    [app({ ports: [{ containerPort: 8_080, name: "web" }] }), 'containers[0].ports[0].name is "http"'],
    [app({ env: [{ name: "PORT", value: "1" }] }), "containers[0].env[0] is set by the target"],
    [app({ env: null }), "containers[0].env must be a list, because"],
    [pod({ containers: null }), "patch.pod.spec.containers must be a list, because"],
    [pod({ containers: {} }), "patch.pod.spec.containers must be a list, not a value of type object"],
    [pod({ volumes: ref }), "patch.pod.spec.volumes must be a list"],
    [pod({ containers: [{ image: "x" }] }), "containers[0] must be an object with a name, a string"],
    [pod({ containers: [{ name: ref }] }), "containers[0] must be an object with a name, a string"],
    [app({ ports: [{ containerPort: "1" }] }), "ports[0] must be an object with a containerPort, a number"],
    [pod({ volumes: [{ name: "a" }, { name: "a" }] }), "volumes[1].name is that of an item before"],
    [
      app({ env: [{ name: "A", value: secret }] }),
      "env[0].value is a secret, which may not stand there: give it by",
    ],
    [pod({ tolerations: [{ key: secret }] }), "tolerations[0].key is a secret"],
    [pod({ hostname: () => "x" }), "spec.hostname must be plain data or a ref to a text"],
    [pod({ priority: Number.NaN }), "spec.priority must be plain data"],
    [pod({ affinity: undefined }), "spec.affinity must be plain data"],
    [pod({ affinity: new Map() }), "spec.affinity must be plain data"],
    [pod({ volumes: [{ name: "a", $patch: "delete" }] }), 'volumes[0]["$patch"] is a directive'],
    [{ pods: {} }, "pods"],
    ["x", "patch must be an object of pod, deployment, service, account, autoscaler, disruptionBudget"],
  ])("refuses %j", (patch, message) => {
    expect(patching(patch)).toThrow(
      expect.objectContaining({
        code: "DEFINITION_INVALID",
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it("knows the port that the app listens on", () => {
    const renamed = app({ ports: [{ containerPort: 9_000, name: "web" }] });
    expect(patching(renamed)).not.toThrow();
    expect(patching(renamed, { port: 9_000 })).toThrow('ports[0].name is "http"');
  });

  it.each([
    [{ account: {} }, { account: "shared" }, "patch.account has nothing to patch: account names one"],
    [
      { autoscaler: {} },
      { autoscale: undefined },
      "patch.autoscaler has nothing to patch: there is no autoscale",
    ],
    [{ disruptionBudget: {} }, { replicas: 1 }, "patch.disruptionBudget has nothing to patch: one replica"],
    [{ disruptionBudget: {} }, { disruption: false }, "has nothing to patch: disruption is false"],
  ])("refuses %j beside %j, because there is no such object", (patch, changes, message) => {
    expect(patching(patch, changes)).toThrow(message);
    expect(patching(patch)).not.toThrow();
  });

  it("leaves it open where a ref says how many replicas there are", () => {
    expect(patching({ disruptionBudget: {} }, { replicas: ref })).not.toThrow();
  });

  it("says all problems at once", () => {
    const patch = { ...app({ image: "x" }), service: { spec: { selector: {} } }, deployment: { kind: "X" } };
    expect(patching(patch)).toThrow(/containers\[0\]\.image.*deployment\.kind.*service\.spec\.selector/s);
  });
});

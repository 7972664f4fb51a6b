import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import { ownedFields } from "../../../../../src/targets/kubernetes/release/owned-fields.ts";

function owned(fieldsV1: object, object: object, entry: object = {}): KubeObject {
  const managedFields = [{ manager: "sluice", operation: "Apply", apiVersion: "v1", fieldsV1, ...entry }];
  const metadata = {
    name: "web",
    namespace: "shop",
    resourceVersion: "7",
    uid: "u",
    managedFields,
    labels: { a: "1", b: "2" },
  };
  return ownedFields({ apiVersion: "v1", kind: "Service", metadata, ...object } as never, "sluice");
}

describe("ownedFields", () => {
  it("takes the fields that the manager applied and leaves those of others", () => {
    const fields = {
      "f:metadata": { "f:labels": { "f:a": {} } },
      "f:spec": { "f:type": {}, "f:selector": {} },
    };
    const spec = { type: "ClusterIP", selector: { app: "web", tier: "x" }, clusterIP: "10.0.0.1" };
    expect(owned(fields, { spec, status: { loadBalancer: {} } })).toEqual({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace: "shop", labels: { a: "1" } },
      spec: { type: "ClusterIP", selector: { app: "web", tier: "x" } },
    });
  });

  it("finds items of lists by their keys, with these keys even where they are not owned", () => {
    const fields = {
      "f:spec": {
        "f:ports": {
          'k:{"port":80,"protocol":"TCP"}': { ".": {}, "f:targetPort": {} },
          'k:{"port":443,"protocol":"TCP"}': { ".": {} },
        },
      },
    };
    const ports = [
      { port: 80, protocol: "TCP", targetPort: 8080, nodePort: 30000 },
      { port: 443, protocol: "TCP", targetPort: 8443 },
      { port: 9, protocol: "UDP" },
    ];
    expect(owned(fields, { spec: { ports } })["spec"]).toEqual({
      ports: [
        { port: 80, protocol: "TCP", targetPort: 8080 },
        { port: 443, protocol: "TCP" },
      ],
    });
  });

  it("takes the owned values of a set, and maps and lists that are owned as a whole", () => {
    const fields = {
      "f:metadata": { "f:finalizers": { 'v:"mine"': {} } },
      "f:data": { ".": {}, "f:k": {} },
      "f:subsets": {},
    };
    const object = { data: { k: "v", other: "o" }, subsets: [{ ip: "1" }, { ip: "2" }] };
    const managedFields = [{ manager: "sluice", operation: "Apply", apiVersion: "v1", fieldsV1: fields }];
    const metadata = { name: "web", finalizers: ["other", "mine"], managedFields };
    expect(ownedFields({ apiVersion: "v1", kind: "Node", metadata, ...object } as never, "sluice")).toEqual({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "web", finalizers: ["mine"] },
      data: { k: "v" },
      subsets: [{ ip: "1" }, { ip: "2" }],
    });
  });

  it.each([
    ["another manager", { manager: "kubectl" }],
    ["an update, not an apply", { operation: "Update" }],
    ["a subresource", { subresource: "status" }],
  ])("counts nothing as owned of %s", (_what, entry) => {
    expect(owned({ "f:spec": { "f:type": {} } }, { spec: { type: "ClusterIP" } }, entry)).toEqual({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace: "shop" },
    });
  });

  it("leaves out a field that is owned and no longer there", () => {
    expect(
      owned({ "f:spec": { "f:type": {}, "f:gone": { "f:deep": {} } } }, { spec: { type: "x" } })["spec"],
    ).toEqual({ type: "x" });
  });
});

import { describe, expect, it } from "vitest";
import type { KubeObject, ManagedFields } from "../../../../../src/targets/kubernetes/api/types.ts";
import { stillAsApplied } from "../../../../../src/targets/kubernetes/wait/superseded.ts";

const template = { spec: { containers: [{ name: "web", image: "web:1" }] } };

function owner(manager: string, spec: object, more: Partial<ManagedFields> = {}): ManagedFields {
  const operation = manager === "sluice" ? "Apply" : "Update";
  return { manager, operation, apiVersion: "apps/v1", fieldsV1: { "f:spec": spec }, ...more };
}

function deployment(generation: number, replicas: number, ...managedFields: ManagedFields[]): KubeObject {
  const metadata = { name: "web", namespace: "shop", uid: "u", generation, managedFields };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { replicas, template } };
}

const applied = deployment(1, 2, owner("sluice", { "f:replicas": {}, "f:template": {} }));

describe("a Deployment of a newer generation", () => {
  it("is still as applied where an autoscaler has taken its replicas by the scale subresource", () => {
    const scaler = owner("kube-controller-manager", { "f:replicas": {} }, { subresource: "scale" });
    expect(stillAsApplied(applied, deployment(2, 5, owner("sluice", { "f:template": {} }), scaler))).toBe(
      true,
    );
  });

  it("is not where somebody has written its replicas in any other way", () => {
    const editor = owner("kubectl-edit", { "f:replicas": {} });
    expect(stillAsApplied(applied, deployment(2, 5, owner("sluice", { "f:template": {} }), editor))).toBe(
      false,
    );
  });

  it("is not where more than its replicas is no longer ours", () => {
    const scaler = owner("kube-controller-manager", { "f:replicas": {} }, { subresource: "scale" });
    expect(stillAsApplied(applied, deployment(2, 5, owner("sluice", {}), scaler))).toBe(false);
  });
});

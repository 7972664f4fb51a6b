import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../../src/targets/kubernetes/api/types.ts";
import type { ObjectChange } from "../../../../../src/targets/kubernetes/preview/changes.ts";
import { hideSecrets } from "../../../../../src/targets/kubernetes/preview/hide-secrets.ts";

const WORD = "(secret password)";
const HIDDEN = "(may hold a secret)";

function change(kind: string, fields: ObjectChange["fields"], apiVersion = "v1"): ObjectChange {
  const ref = { apiVersion, kind, name: "one", namespace: "shop" };
  return { ref, change: "update", fields, conflicts: [] };
}

function object(kind: string, more: object, apiVersion = "v1"): KubeObject {
  return { apiVersion, kind, metadata: { name: "one", namespace: "shop" }, ...more };
}

function hidden(
  one: ObjectChange,
  objects: readonly KubeObject[],
  defaults: unknown = {},
): ObjectChange["fields"] {
  return hideSecrets([one], objects, { secrets: { password: WORD } }, defaults)[0]?.fields ?? [];
}

describe("hideSecrets", () => {
  it("shows no value of an object that a secret is put into", () => {
    const fields = [{ path: "data.other", from: '"hunter2"', to: '"new"' }];
    expect(hidden(change("ConfigMap", fields), [object("ConfigMap", { data: { a: WORD } })])).toEqual([
      { path: "data.other", to: "(holds a secret)" },
    ]);
  });

  it("shows no text that a secret may have made, whatever field it stands in", () => {
    const fields = [
      { path: "data.password", from: '"hunter2"' },
      { path: "data.url", from: '"postgres://shop:hunter2@db"', to: '"postgres://db"' },
      { path: "data[app.conf]", from: '"user=shop\\npassword=hun…', to: '"user=shop"' },
    ];
    expect(hidden(change("ConfigMap", fields), [object("ConfigMap", { data: {} })])).toEqual([
      { path: "data.password", from: HIDDEN },
      { path: "data.url", from: HIDDEN, to: '"postgres://db"' },
      { path: "data[app.conf]", from: HIDDEN, to: '"user=shop"' },
    ]);
    const pods = [
      { path: "spec.template.spec.containers[web].env[PASSWORD].value", from: '"hunter2"' },
      { path: "spec.template.spec.containers[web].env[OLD]", from: '{"name":"OLD","value":"hunter2"}' },
      { path: "spec.template.spec.containers[web].args", from: '["--key=hunter2"]', to: "[]" },
      { path: "metadata.annotations.key", from: '"hunter2"', to: '"none"' },
    ];
    const found = hidden(change("Deployment", pods, "apps/v1"), [object("Deployment", {}, "apps/v1")]);
    expect(JSON.stringify(found)).not.toContain("hunter2");
    expect(found.map(({ from }) => from)).toEqual(Array(4).fill(HIDDEN));
  });

  it("shows what the new objects or the chart's own values say too", () => {
    const fields = [
      { path: "data.mode", from: '"slow"', to: '"fast"' },
      { path: "data.level", from: '"info"', to: '"debug"' },
    ];
    const objects = [object("ConfigMap", { data: { mode: "fast", fallback: "slow" } })];
    expect(hidden(change("ConfigMap", fields), objects, { log: { level: "info" } })).toEqual(fields);
  });

  it("shows what no secret can be: sizes, switches and images of Kubernetes' own workloads", () => {
    const fields = [
      { path: "spec.replicas", from: "2", to: "3" },
      { path: "spec.template.spec.containers[web].image", from: '"web:1"', to: '"web:2"' },
      { path: "spec.template.spec.containers[web].resources.limits.memory", from: '"1Gi"', to: '"2Gi"' },
      { path: "spec.paused", from: "true" },
    ];
    const own = [object("Deployment", {}, "apps/v1")];
    expect(hidden(change("Deployment", fields, "apps/v1"), own)).toEqual(fields);
    const pin = [{ path: "spec.pin", from: "1234", to: "1" }];
    expect(hidden(change("Lock", pin, "example.com/v1"), [object("Lock", {}, "example.com/v1")])).toEqual([
      { path: "spec.pin", from: HIDDEN, to: "1" },
    ]);
  });
});

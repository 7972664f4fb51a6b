// needs: kwok helm3 helm4
import { symlinkSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rolling } from "../../../src/deploy/index.ts";
import type { PreviewChange, ResolvedApp, TargetContext, TargetPreview } from "../../../src/ports/index.ts";
import { connectKubernetes } from "../../../src/targets/kubernetes/connect.ts";
import { previewKubernetes } from "../../../src/targets/kubernetes/verbs/preview.ts";
import { rolloutContext } from "../../../src/testing/index.ts";
import { need } from "../lab.ts";
import { RolloutKit } from "./rollout-kit.ts";

const PASSWORD = "hunter2-and-more";
const TEMPLATES = `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data:
  mode: {{ .Values.mode | quote }}
{{- if .Values.url }}
  url: {{ .Values.url | quote }}
{{- end }}
---
apiVersion: v1
kind: Secret
metadata: { name: key }
stringData: { password: {{ .Values.password | quote }} }
{{- if .Values.extra }}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: extra }
{{- end }}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: {{ .Values.image | quote }}
          env:
{{- if .Values.old }}
            - { name: OLD, value: {{ .Values.old | quote }} }
{{- end }}
            - name: PASSWORD
{{- if .Values.inline }}
              value: plain
{{- else }}
              valueFrom: { secretKeyRef: { name: key, key: password } }
{{- end }}
`;

describe.each(["helm3", "helm4"])("the preview of a chart by %s", (part) => {
  const available = need("kwok").available && need(part).available;
  let root: string;
  let kit: RolloutKit;

  beforeAll(async () => {
    if (!available) return;
    root = await mkdtemp(join(tmpdir(), "sluice-helm-"));
    await mkdir(join(root, "chart", "templates"), { recursive: true });
    await writeFile(join(root, "chart", "Chart.yaml"), "apiVersion: v2\nname: shop\nversion: 0.1.0\n");
    await writeFile(
      join(root, "chart", "values.yaml"),
      "mode: slow\nreplicas: 1\nimage: web:1\npassword: none\n",
    );
    await writeFile(join(root, "chart", "templates", "all.yaml"), TEMPLATES);
    symlinkSync(process.env[`SLUICE_${part.toUpperCase()}`] ?? "", join(root, "helm"));
    kit = await RolloutKit.open(process.env["KUBECONFIG"] ?? "", {
      namespace: `preview-${part}-${process.pid}`,
      name: "shop",
    });
  });
  afterAll(async () => {
    if (!available) return;
    await kit.remove();
    await rm(root, { recursive: true, force: true });
  });

  function context(): TargetContext {
    const env = { ...process.env, PATH: `${root}${delimiter}${process.env["PATH"] ?? ""}` };
    return { ...kit.context(), root, env };
  }
  const app = (values: object, secret: string): ResolvedApp => {
    const spec = { chart: "./chart", values, version: null, repo: null, release: null, timeout: 20_000 };
    return { kind: "helm", spec: spec as never, secrets: { password: secret } };
  };
  const given = { password: { $secret: "password" } };

  async function release(values: object): Promise<void> {
    const of = app({ ...given, ...values }, PASSWORD);
    const driver = await connectKubernetes(kit.hands(), { target: kit.spec, app: of }, context());
    const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
    const strategy = rolling();
    try {
      const result = await strategy.release(driver, strategy.spec as never, rolloutContext({ clock }));
      expect(result).toMatchObject({ outcome: "released" });
    } finally {
      await driver.close();
    }
  }

  /** As a plan asks: of secrets there are only words. */
  async function preview(values: object): Promise<TargetPreview> {
    const of = app({ ...given, ...values }, "(secret password)");
    const found = await previewKubernetes(kit.hands(), { target: kit.spec, app: of }, context());
    expect(JSON.stringify(found)).not.toMatch(/hunter2|aHVudGVyMi/);
    return found;
  }
  const names = ({ changes }: TargetPreview): readonly string[] =>
    changes
      .filter(({ change }) => change !== "unchanged")
      .map(({ change, object }) => `${change} ${object.replace(`${kit.namespace}/`, "")}`);
  const of = ({ changes }: TargetPreview, name: string): PreviewChange | undefined =>
    changes.find(({ object }) => object.endsWith(name));

  it.skipIf(!available)("says that all is made, while there is no namespace yet", async () => {
    const found = await preview({});
    expect(names(found)).toEqual([
      `create Namespace ${kit.namespace}`,
      "create Secret key",
      "create ConfigMap settings",
      "create Deployment web",
    ]);
  });

  it.skipIf(!available)("shows fields that change, that go, and what no longer belongs to it", async () => {
    await release({ extra: true, old: "slow", inline: true });
    const found = await preview({ mode: "fast", replicas: 2 });
    expect(names(found)).toEqual([
      "update Secret key",
      "update ConfigMap settings",
      "update Deployment web",
      "remove ConfigMap extra",
    ]);
    expect(of(found, "/settings")?.fields).toEqual([{ path: "data.mode", from: '"slow"', to: '"fast"' }]);
    const fields = of(found, "/web")?.fields ?? [];
    const env = "spec.template.spec.containers[web].env";
    expect(fields).toContainEqual({ path: "spec.replicas", from: "1", to: "2" });
    expect(fields.map(({ path }) => path)).toEqual(
      expect.arrayContaining([`${env}[OLD]`, `${env}[PASSWORD].value`, `${env}[PASSWORD].valueFrom`]),
    );
    expect(fields.some(({ path }) => path.startsWith("metadata"))).toBe(false);
    // And that is what Helm then does.
    await release({ mode: "fast", replicas: 2 });
    expect(names(await preview({ mode: "fast", replicas: 2 }))).toEqual(["update Secret key"]);
  });

  it.skipIf(!available)("never shows a secret that the chart no longer puts into an object", async () => {
    const url = { $secret: "password" };
    await release({ url });
    const found = await preview({ mode: "fast" });
    expect(of(found, "/settings")?.fields).toContainEqual({ path: "data.url", from: "(may hold a secret)" });
    expect(of(found, "/settings")?.fields).toContainEqual({
      path: "data.mode",
      from: '"slow"',
      to: '"fast"',
    });
  });

  it.skipIf(!available)("names who else owns a field, and whether Helm takes it", async () => {
    await release({});
    const ref = { apiVersion: "v1", kind: "ConfigMap", name: "settings", namespace: kit.namespace };
    const { name, namespace, ...kind } = ref;
    await kit.api.apply(
      { ...kind, metadata: { name, namespace }, data: { mode: "theirs" } },
      { manager: "somebody", force: true },
    );
    const found = of(await preview({ mode: "fast" }), "/settings");
    expect(found?.conflicts).toEqual([{ path: "data.mode", owner: "somebody" }]);
    expect(found?.change).toBe(part === "helm3" ? "update" : "refused");
  });
});

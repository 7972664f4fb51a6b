// needs: kwok, kustomize, helm4
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { helm, kustomize, manifests } from "../../../src/deploy/index.ts";
import { prometheus } from "../../../src/metrics/index.ts";
import type { App, ResolvedApp, TargetCheck } from "../../../src/ports/index.ts";
import { checkKubernetes } from "../../../src/targets/kubernetes/check/check.ts";
import type { TargetHands } from "../../../src/targets/kubernetes/place.ts";
import { need } from "../lab.ts";
import { writeChart } from "./helm-chart.ts";
import { RolloutKit } from "./rollout-kit.ts";

const CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: one }\n";

describe.skipIf(!need("kwok").available)(
  "what a deploy of each kind of app needs, on a real API server",
  () => {
    let kit: RolloutKit;
    let root: string;

    beforeAll(async () => {
      kit = await RolloutKit.open(process.env["KUBECONFIG"] ?? "", { namespace: "default" });
      root = await mkdtemp(join(tmpdir(), "sluice-doctor-"));
      await mkdir(join(root, "deploy"));
      await writeFile(join(root, "deploy", "one.yaml"), CONFIG_MAP);
      await writeFile(join(root, "broken.yaml"), "kind: ConfigMap\nkind: Secret\n");
      await mkdir(join(root, "overlay"));
      await writeFile(join(root, "overlay", "kustomization.yaml"), "resources: [all.yaml]\n");
      await writeFile(join(root, "overlay", "all.yaml"), CONFIG_MAP);
      await mkdir(join(root, "wrong"));
      await writeFile(join(root, "wrong", "kustomization.yaml"), "resources: [nowhere.yaml]\n");
      await writeChart(join(root, "chart"));
    });
    afterEach(() => {
      vi.unstubAllEnvs();
    });
    afterAll(async () => {
      kit.api.close();
      await rm(root, { recursive: true, force: true });
    });

    async function check(
      app: App,
      { path, made, hands }: { path?: string; made?: ResolvedApp["made"]; hands?: Partial<TargetHands> } = {},
    ): Promise<Readonly<Record<string, TargetCheck>>> {
      const PATH = path === undefined ? {} : { PATH: path };
      const resolved = {
        kind: app.kind,
        spec: JSON.parse(JSON.stringify(app.spec)) as never,
        secrets: {},
        ...(made === undefined ? {} : { made }),
      };
      const context = { ...kit.context(), root, env: { HOME: root, ...PATH } };
      const found = await checkKubernetes(
        { ...kit.hands(), ...hands },
        { target: kit.spec, app: resolved },
        context,
      );
      return Object.fromEntries(found.map((one) => [one.what, one]));
    }
    const kustomizeFolder = (): string => dirname(process.env["SLUICE_KUSTOMIZE"] ?? "");
    const states = (found: Readonly<Record<string, TargetCheck>>): Readonly<Record<string, string>> =>
      Object.fromEntries(Object.entries(found).map(([what, { state }]) => [what, state]));
    const reached = {
      ...{ cluster: "ok", credentials: "ok", namespace: "ok", permissions: "ok" },
      registry: "skipped",
    };

    it("reads manifests, and asks about the kinds that they hold", async () => {
      const found = await check(manifests("deploy/*.yaml"));
      expect(states(found)).toEqual({ manifests: "ok", ...reached });
      expect(found["manifests"]?.detail).toBe("1 object can be read");
    });

    it("fails for manifests that are broken or not there, and goes on", async () => {
      const broken = await check(manifests("broken.yaml"));
      expect(states(broken)).toEqual({ manifests: "failed", ...reached });
      expect(broken["manifests"]?.detail).toContain("broken.yaml:2");
      const none = await check(manifests("nowhere/*.yaml"));
      expect(none["manifests"]).toMatchObject({
        state: "failed",
        detail: expect.stringContaining("nowhere/*.yaml"),
      });
    });

    it("waits for what a job will make, and still reads the rest", async () => {
      const made = { "build/render": ["out/**"] };
      const later = await check(manifests(["deploy/*.yaml", "out/*.yaml"]), { made });
      expect(states(later)).toEqual({ manifests: "skipped", ...reached });
      expect(later["manifests"]?.detail).toBe(
        "out/*.yaml: build/render makes out/**, which is not there yet",
      );
      const broken = await check(manifests(["broken.yaml", "out/*.yaml"]), { made });
      expect(broken["manifests"]?.state).toBe("failed");
    });

    it("builds what kustomize makes, and fails where that cannot be built", async () => {
      const path = kustomizeFolder();
      expect(states(await check(kustomize("overlay"), { path }))).toEqual({
        "program kustomize": "ok",
        manifests: "ok",
        ...reached,
      });
      const wrong = await check(kustomize("wrong"), { path });
      expect(wrong["manifests"]).toMatchObject({
        state: "failed",
        detail: expect.stringContaining("nowhere.yaml"),
      });
      const later = await check(kustomize("wrong"), {
        path,
        made: { "build/render": ["wrong/nowhere.yaml"] },
      });
      expect(later["manifests"]?.state).toBe("skipped");
    });

    it("fails where there is neither kustomize nor kubectl", async () => {
      const found = await check(kustomize("overlay"), { path: "/nowhere" });
      expect(states(found)).toEqual({ "program kustomize": "failed", manifests: "skipped", ...reached });
      expect(found["program kustomize"]).toMatchObject({
        detail: "neither kustomize nor kubectl is on the PATH",
        hint: expect.stringContaining("https://"),
      });
    });

    it("looks for Helm, and for a chart of the pipeline's own folder", async () => {
      const bin = join(root, "bin");
      await mkdir(bin, { recursive: true });
      const program = process.env["SLUICE_HELM4"] ?? "";
      await writeFile(join(bin, "helm"), `#!/bin/sh\nexec ${program} "$@"\n`, { mode: 0o755 });
      const path = `${bin}:/usr/bin:/bin`;
      expect(states(await check(helm({ chart: "./chart" }), { path }))).toEqual({
        "program helm": "ok",
        chart: "ok",
        ...reached,
      });
      const none = await check(helm({ chart: "./charts/none" }), { path });
      expect(none["chart"]).toMatchObject({ state: "failed", detail: "./charts/none has no Chart.yaml" });
      const later = await check(helm({ chart: "./charts/none" }), {
        path,
        made: { "build/pack": ["charts/**"] },
      });
      expect(later["chart"]?.state).toBe("skipped");
      expect(states(await check(helm({ chart: "./chart" }), { path: "/nowhere" }))).toMatchObject({
        "program helm": "failed",
      });
    });

    it("asks the source of counts", async () => {
      let status = 200;
      const server = createServer((_request, response) => {
        const answer = { status: "success", data: { resultType: "vector", result: [] } };
        response.writeHead(status).end(JSON.stringify(answer));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
      const selector = 'requests{pod=~"$pods"}';
      const counts = prometheus({ url, timeout: "1s" }).counts({ requests: selector, errors: selector });
      const app = manifests("deploy/*.yaml");
      expect((await check(app, { hands: { counts } }))["counts"]).toMatchObject({
        state: "ok",
        detail: expect.stringMatching(`^Prometheus at ${url} answers in \\d+ ms$`),
      });
      status = 401;
      expect((await check(app, { hands: { counts } }))["counts"]).toMatchObject({
        state: "failed",
        detail: expect.stringContaining("does not let us in"),
      });
      await new Promise((resolve) => server.close(resolve));
      const found = await check(app, { hands: { counts } });
      expect(states(found)).toEqual({ manifests: "ok", counts: "failed", ...reached });
      const unknown = await check(app, { hands: { counts: () => Promise.resolve({}) } });
      expect(unknown["counts"]?.state).toBe("skipped");
    });
  },
);

// needs: cluster
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { judgeReadiness } from "../../../src/targets/kubernetes/readiness/judge.ts";
import type { LiveObject } from "../../../src/targets/kubernetes/readiness/object.ts";
import { podTrouble } from "../../../src/targets/kubernetes/readiness/pods.ts";
import { need } from "../lab.ts";
import { labCluster } from "./client.ts";

const NAMESPACE = "running";
const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
const labels = (app: string): object => ({ app });

function deployment(
  app: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = ["web"],
): object {
  const container = {
    name: "web",
    image: "lab.local/web:1",
    args,
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    readinessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 1 },
  };
  const template = { metadata: { labels: labels(app) }, spec: { containers: [container] } };
  const spec = { replicas: 2, selector: { matchLabels: labels(app) }, template };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: app }, spec };
}

function get(url: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, timeout: 3_000 }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.on("end", () => {
        resolve({ status: answer.statusCode ?? 0, text });
      });
    });
    asked.on("error", reject);
    asked.end();
  });
}

describe.skipIf(!need("cluster").available)("a cluster that runs pods", () => {
  let ask: ReturnType<typeof labCluster>;

  beforeAll(async () => {
    ask = labCluster(process.env["SLUICE_CLUSTER"]);
    await ask("POST", "/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: NAMESPACE },
    });
    const account = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`;
    await vi.waitFor(() => ask("GET", account), { timeout: 30_000, interval: 50 });
  });

  afterAll(async () => {
    await ask("DELETE", `/api/v1/namespaces/${NAMESPACE}`);
  });

  it("serves real requests through a service, from both pods, once it is judged ready", async () => {
    const made = (await ask(
      "POST",
      DEPLOYMENTS,
      deployment("web", { VERSION: "v1", START: "1s" }),
    )) as LiveObject;
    const spec = { selector: labels("web"), ports: [{ port: 80, targetPort: 8080 }] };
    const service = (await ask("POST", `/api/v1/namespaces/${NAMESPACE}/services`, {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec,
    })) as { readonly spec: { readonly clusterIP: string } };
    await vi.waitFor(
      async () => {
        const now = (await ask("GET", `${DEPLOYMENTS}/web`)) as LiveObject;
        expect(
          judgeReadiness({ ...now, kind: "Deployment", apiVersion: "apps/v1" }, made.metadata.generation)
            .state,
        ).toBe("ready");
      },
      { timeout: 60_000, interval: 50 },
    );
    const pods = new Set<string>();
    await vi.waitFor(
      async () => {
        const { status, text } = await get(`http://${service.spec.clusterIP}/`);
        expect(status).toBe(200);
        expect(text).toMatch(/^v1 web-/);
        pods.add(text.trim());
        expect(pods.size).toBe(2);
      },
      { timeout: 30_000, interval: 20 },
    );
  });

  it("sees a program that ends again and again as a crash loop", async () => {
    await ask("POST", DEPLOYMENTS, deployment("crashing", { START: "no duration" }));
    await vi.waitFor(
      async () => {
        const path = `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=app%3Dcrashing`;
        const { items } = (await ask("GET", path)) as { items: readonly LiveObject[] };
        const reasons = items.map((pod) => podTrouble(pod, Date.now())?.reason);
        expect(reasons).toEqual(["CrashLoopBackOff", "CrashLoopBackOff"]);
      },
      { timeout: 90_000, interval: 200 },
    );
  });
});

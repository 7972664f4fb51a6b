// needs: kwok cluster
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { job } from "../../../src/deploy/job.ts";
import { service, type ServiceOptions } from "../../../src/deploy/service.ts";
import { judgeReadiness } from "../../../src/targets/kubernetes/readiness/judge.ts";
import { at, list, type LiveObject } from "../../../src/targets/kubernetes/readiness/object.ts";
import { renderService } from "../../../src/targets/kubernetes/render/service.ts";
import { LABELS, type RenderedService } from "../../../src/targets/kubernetes/render/types.ts";
import { FULL, PLAIN, resolved, SALT, secret, SECRETS } from "../../unit/targets/kubernetes/render/apps.ts";
import { need } from "../lab.ts";
import { labCluster } from "./client.ts";

type Ask = ReturnType<typeof labCluster>;
type Json = Readonly<Record<string, unknown>>;

const PATHS: Readonly<Record<string, string>> = {
  ConfigMap: "/api/v1/namespaces/NS/configmaps",
  Secret: "/api/v1/namespaces/NS/secrets",
  ServiceAccount: "/api/v1/namespaces/NS/serviceaccounts",
  Pod: "/api/v1/namespaces/NS/pods",
  Service: "/api/v1/namespaces/NS/services",
  Deployment: "/apis/apps/v1/namespaces/NS/deployments",
  Job: "/apis/batch/v1/namespaces/NS/jobs",
  PodDisruptionBudget: "/apis/policy/v1/namespaces/NS/poddisruptionbudgets",
  HorizontalPodAutoscaler: "/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers",
};
const RESTRICTED = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/enforce-version": "latest",
};

function pathOf(kind: string, namespace: string): string {
  return (PATHS[kind] ?? kind).replace("NS", namespace);
}

async function makeNamespace(ask: Ask, name: string): Promise<void> {
  await ask("POST", "/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: RESTRICTED },
  });
  const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
  await vi.waitFor(() => ask("GET", account), { timeout: 30_000, interval: 50 });
}

function render(options: ServiceOptions, namespace: string, name = "shop"): RenderedService {
  const identity = { name, namespace, target: "production", pipeline: "ai query: service" };
  return renderService(resolved(service(options), SECRETS), identity, { salt: SALT });
}

/** All objects, and a pod of each template, because pods alone are held to a Pod Security level. */
function objectsOf(rendered: RenderedService): readonly LiveObject[] {
  const workload = rendered.workload(7, 2);
  const objects = [
    ...rendered.configuration,
    ...rendered.stableObjects(workload.metadata.name),
    workload,
    ...[...rendered.before, ...rendered.after].map(({ object }) => object),
  ];
  const pods = objects.flatMap((object) => {
    const template = at(object, "spec", "template") as Json | undefined;
    if (template === undefined) return [];
    const metadata = { ...(template["metadata"] as Json), name: `pod-of-${object.metadata.name}` };
    return [{ apiVersion: "v1", kind: "Pod", metadata, spec: template["spec"] } as LiveObject];
  });
  return [...objects, ...pods];
}

describe.skipIf(!need("kwok").available)("objects of a service before a real API server", () => {
  const NAMESPACE = "app-render";
  let ask: Ask;

  beforeAll(async () => {
    ask = labCluster();
    await makeNamespace(ask, NAMESPACE);
    // Pods are refused where their account is not there.
    for (const rendered of [render(PLAIN, NAMESPACE), render(FULL, NAMESPACE)])
      for (const object of rendered.configuration.filter(({ kind }) => kind === "ServiceAccount"))
        await ask("POST", pathOf("ServiceAccount", NAMESPACE), object).catch(() => undefined);
  });

  afterAll(async () => {
    await ask("DELETE", `/api/v1/namespaces/${NAMESPACE}`);
  });

  /** Has the server check objects as strictly as it can, and gives what it says against them. */
  async function faults(objects: readonly LiveObject[]): Promise<readonly string[]> {
    const said: string[] = [];
    for (const object of objects) {
      const path = `${pathOf(object.kind, NAMESPACE)}?dryRun=All&fieldValidation=Strict`;
      const metadata = { ...object.metadata, name: `${object.metadata.name}-tried` };
      await ask("POST", path, { ...object, metadata }).catch((error: unknown) => {
        said.push(`${object.kind}: ${(error as Error).message}`);
      });
    }
    return said;
  }

  it.each<[string, Partial<ServiceOptions>]>([
    ["with nothing but an image", {}],
    ["with every option", FULL],
    ["without drain and spread", { drain: 0, spread: false, disruption: false }],
    ["that is spread by force", { replicas: 3, spread: { zone: "require", host: "require" } }],
    ["of an account that is there", { account: "default" }],
    ["with a token of the API", { account: { token: true } }],
    ["that may bind low ports", { security: { capabilities: ["NET_BIND_SERVICE"] } }],
    ["with a device", { resources: { limits: { "nvidia.com/gpu": 1, cpu: 2 } } }],
    [
      "that is quick",
      { health: { path: "/", interval: "10ms", timeout: "10ms", startup: "10ms", live: false } },
    ],
  ])("accepts a service %s, at the level restricted", async (_, options) => {
    const rendered = render({ ...PLAIN, ...options } as ServiceOptions, NAMESPACE);
    expect(await faults(objectsOf(rendered))).toEqual([]);
  });

  it.each<[string, Partial<ServiceOptions>, string]>([
    ["root", { security: { runAsNonRoot: false } }, "runAsNonRoot != true"],
    ["more capabilities", { security: { capabilities: ["SYS_TIME"] } }, "unrestricted capabilities"],
  ])("is asked at all: it refuses %s", async (_, options, message) => {
    const rendered = render({ ...PLAIN, ...options } as ServiceOptions, NAMESPACE);
    const said = await faults(objectsOf(rendered));
    expect(said.filter((one) => one.startsWith("Pod:"))).toEqual([expect.stringContaining(message)]);
  });
});

describe.skipIf(!need("cluster").available)("a service in a cluster that runs pods", () => {
  const NAMESPACE = "app-running";
  let ask: Ask;

  beforeAll(async () => {
    ask = labCluster(process.env["SLUICE_CLUSTER"]);
    await makeNamespace(ask, NAMESPACE);
  });

  afterAll(async () => {
    await ask("DELETE", `/api/v1/namespaces/${NAMESPACE}`);
  });

  it("runs with the defaults, its secrets and its config files, and answers", async () => {
    const rendered = render(
      {
        ...PLAIN,
        args: ["web"],
        replicas: 2,
        env: { START: "500ms" },
        secrets: { VERSION: secret("token") },
        config: { files: { "/etc/shop/deep/shop.yaml": "level: $LEVEL\n" }, variables: { LEVEL: "info" } },
        health: { startup: "60s" },
      },
      NAMESPACE,
      "web",
    );
    for (const object of rendered.configuration) await ask("POST", pathOf(object.kind, NAMESPACE), object);
    for (const object of rendered.stableObjects("web-r1"))
      await ask("POST", pathOf(object.kind, NAMESPACE), object);
    const deployments = pathOf("Deployment", NAMESPACE);
    const made = (await ask("POST", deployments, rendered.workload(1, 2))) as LiveObject;
    const spec = { selector: { [LABELS.app]: "web" }, ports: [{ port: rendered.port, targetPort: "http" }] };
    const front = (await ask("POST", pathOf("Service", NAMESPACE), {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec,
    })) as { readonly spec: { readonly clusterIP: string } };
    await vi.waitFor(
      async () => {
        const now = (await ask("GET", `${deployments}/web-r1`)) as LiveObject;
        const { state } = judgeReadiness(
          { ...now, kind: "Deployment", apiVersion: "apps/v1" },
          made.metadata.generation,
        );
        expect(state).toBe("ready");
      },
      { timeout: 60_000, interval: 50 },
    );
    await vi.waitFor(
      async () => {
        // The value of the secret, by way of the environment.
        expect(await get(`http://${front.spec.clusterIP}:${rendered.port}/`)).toMatch(/^hunter2 web-r1-/);
      },
      { timeout: 30_000, interval: 20 },
    );
  });

  it("gives containers texts with dollar signs as they are", async () => {
    const version = "$(HOSTNAME) $$(X) $$ $5 $";
    const rendered = render({ ...PLAIN, args: ["web"], env: { VERSION: version } }, NAMESPACE, "dollars");
    for (const object of rendered.configuration) await ask("POST", pathOf(object.kind, NAMESPACE), object);
    await ask("POST", pathOf("Deployment", NAMESPACE), rendered.workload(1, 1));
    await vi.waitFor(
      async () => {
        const path = `${pathOf("Pod", NAMESPACE)}?labelSelector=${encodeURIComponent(`${LABELS.app}=dollars`)}`;
        const [pod] = list(await ask("GET", path), "items");
        const address = String(at(pod, "status", "podIP"));
        expect(await get(`http://${address}:8080/`)).toContain(`${version} dollars-r1-`);
      },
      { timeout: 30_000, interval: 100 },
    );
  });

  it("runs jobs to their end, also one that fails", async () => {
    const rendered = render(
      {
        ...PLAIN,
        // It ends at once, because that is no length of time.
        hooks: { before: [failing] },
      },
      NAMESPACE,
      "hooked",
    );
    for (const object of rendered.configuration) await ask("POST", pathOf(object.kind, NAMESPACE), object);
    const [hook] = rendered.before;
    const made = (await ask("POST", pathOf("Job", NAMESPACE), hook?.object)) as LiveObject;
    await vi.waitFor(
      async () => {
        const now = (await ask("GET", `${pathOf("Job", NAMESPACE)}/${made.metadata.name}`)) as LiveObject;
        const verdict = judgeReadiness({ ...now, kind: "Job", apiVersion: "batch/v1" }, undefined);
        expect(verdict).toMatchObject({ state: "failed" });
      },
      { timeout: 60_000, interval: 100 },
    );
  });
});

const failing = job({ name: "failing", command: ["/app", "web"], env: { START: "no time" } });

function get(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, timeout: 3_000 }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.on("end", () => {
        resolve(text);
      });
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer")));
    asked.on("error", reject);
    asked.end();
  });
}

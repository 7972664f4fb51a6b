// needs: kwok, cluster, moto, certificates, openssl, lab-users
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { build } from "../../../scripts/build.mjs";
import type { KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import { at } from "../../../src/targets/kubernetes/readiness/object.ts";
import { copyOf, start } from "../../integration/examples-kit.ts";
import { need } from "../lab.ts";
import { labCluster } from "./client.ts";
import { makeNamespace, removeNamespace } from "./lab-api.ts";
import {
  openAwsPlace,
  openAzurePlace,
  openGooglePlace,
  openKubeconfigPlace,
  type UserPlace,
} from "./providers/user-places.ts";
import { ask } from "./traffic.ts";

const IMAGE = "lab.local/web:1";
/** What begins every token that the clouds give, and those of service accounts. */
const TOKENS = /k8s-aws-v1\.|ya29\.|eyJ[\w-]+\.eyJ/;

/** What docs/kubernetes.md says that a deploy needs, and to see its namespace. */
const RULES = [
  { apiGroups: ["apps"], resources: ["deployments"], verbs: ["*"] },
  { apiGroups: [""], resources: ["services", "configmaps", "secrets", "serviceaccounts"], verbs: ["*"] },
  { apiGroups: ["batch"], resources: ["jobs"], verbs: ["*"] },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: ["*"] },
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["*"] },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["*"] },
  { apiGroups: [""], resources: ["pods", "events"], verbs: ["list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
  { apiGroups: [""], resources: ["pods/log", "namespaces"], verbs: ["get"] },
];

/** Lets one user, and nobody else, deploy to a namespace. */
async function allow(user: string, namespace: string): Promise<void> {
  const admin = labCluster();
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const metadata = { name: "deployer" };
  await admin("POST", `${rbac}/roles`, { kind: "Role", metadata, rules: RULES });
  const apiGroup = "rbac.authorization.k8s.io";
  await admin("POST", `${rbac}/rolebindings`, {
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup, kind: "Role", name: "deployer" },
    subjects: [{ apiGroup, kind: "User", name: user }],
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function deployment(name: string, namespace: string, kubeconfig?: string): Promise<KubeObject> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  return (await labCluster(kubeconfig)("GET", path)) as KubeObject;
}

/** Every object of a kind in a namespace, as `name version`; a new version is a write. */
async function versions(namespace: string): Promise<string[]> {
  const kinds = ["/apis/apps/v1 deployments", "/api/v1 services", "/api/v1 secrets", "/api/v1 pods"];
  const lists = kinds.map(async (kind) => {
    const [group = "", plural = ""] = kind.split(" ");
    const { items } = (await labCluster()("GET", `${group}/namespaces/${namespace}/${plural}`)) as {
      readonly items: readonly KubeObject[];
    };
    return items.map(
      ({ metadata }) =>
        `${plural} ${metadata.name} ${String(at({ metadata }, "metadata", "resourceVersion"))}`,
    );
  });
  return (await Promise.all(lists)).flat().sort();
}

const CLOUDS: readonly (readonly [string, (name: string) => Promise<UserPlace>])[] = [
  ["kubeconfig", openKubeconfigPlace],
  ["aws", openAwsPlace],
  ["azure", openAzurePlace],
  ["gcp", openGooglePlace],
];

const NEEDS = ["kwok", "moto", "certificates", "openssl"];

describe.skipIf(NEEDS.some((name) => !need(name).available))("the example of all clouds", () => {
  beforeAll(async () => {
    await build({ ifStale: true, types: false });
  });

  it.each(CLOUDS)("releases, shows, goes back and ends with --cloud %s", async (cloud, open) => {
    const namespace = `ex06-${cloud}-${process.pid}`;
    await makeNamespace(namespace);
    onTestFinished(() => removeNamespace(namespace));
    const place = await open(namespace);
    onTestFinished(() => place.close());
    const folder = copyOf("06-cloud-agnostic");
    const outputs: string[] = [];
    const run = async (...args: string[]): Promise<{ code: number | null; output: string }> => {
      const flags = [...args, ...place.flags, "--namespace", namespace];
      const ended = await start(folder, "pipeline.ts", flags, place.env);
      outputs.push(ended.output);
      return ended;
    };
    const deploy = (...args: string[]): ReturnType<typeof run> => run("run", "--image", IMAGE, ...args);
    const verb = (name: string): ReturnType<typeof run> => run(...name.split(" "));

    const denied = await deploy();
    expect(denied.output).toContain(`${place.user} may not get namespaces`);
    expect(denied.code).toBe(1);

    await allow(place.user, namespace);
    const first = await deploy();
    expect(first.output).toContain(`revision 1 is live at http://greeter.${namespace}.svc`);
    expect(first.code).toBe(0);
    const made = await deployment("greeter-r1", namespace);
    const [container] = at(made, "spec", "template", "spec", "containers") as [Record<string, unknown>];
    expect(container).toMatchObject({
      image: IMAGE,
      env: expect.arrayContaining([{ name: "GREETING", value: "hello" }]) as unknown,
    });
    expect(at(made, "status", "availableReplicas")).toBe(2);

    const before = await versions(namespace);
    const again = await deploy();
    expect(again.code).toBe(0);
    expect(await versions(namespace)).toEqual(before);

    expect((await deploy("--greeting", "servus")).output).toContain("revision 2 is live");
    expect((await verb("status")).output).toMatch(/live +revision 2 .*2 ready\n +retired +revision 1 /);
    const back = await verb("rollback greeter");
    expect(back.output).toContain(`revision 1 is live at http://greeter.${namespace}.svc`);
    expect(back.code).toBe(0);
    const history = await verb("history greeter");
    expect(history.output.match(/(live|retired) +revision \d/g)).toEqual([
      "retired    revision 2",
      "live       revision 1",
    ]);
    expect(at(await deployment("greeter-r1", namespace), "status", "availableReplicas")).toBe(2);
    expect((await verb("stop greeter")).code).toBe(0);
    expect(at(await deployment("greeter-r1", namespace), "spec", "replicas")).toBe(0);
    expect((await verb("status")).output).toContain("nothing is live");

    const kept = filesBelow(join(folder, ".sluice"));
    expect(kept.length).toBeGreaterThan(10);
    for (const text of [...outputs, ...kept.map((file) => readFileSync(file, "utf8"))]) {
      expect(text).not.toMatch(TOKENS);
      for (const secret of place.secrets) expect(text).not.toContain(secret);
    }
  });

  it("takes back what a node cannot pull, and says which image", async () => {
    const namespace = `ex06-pull-${process.pid}`;
    onTestFinished(() => removeNamespace(namespace));
    const folder = copyOf("06-cloud-agnostic");
    const text = readFileSync(join(folder, "pipeline.ts"), "utf8");
    // Played pods are told by an annotation what becomes of them.
    const played =
      'annotations: params.image.endsWith("nope") ? { "lab/pod": "pull" } : {},\n        port: 8080';
    writeFileSync(join(folder, "played.ts"), text.replace("port: 8080", played));
    const flags = ["--cloud", "kubeconfig", "--namespace", namespace, "--image"];
    const env = { KUBECONFIG: process.env["KUBECONFIG"] ?? "" };
    expect((await start(folder, "played.ts", [...flags, IMAGE], env)).code).toBe(0);
    const bad = await start(folder, "played.ts", [...flags, "lab.local/web:nope"], env);
    expect(bad.output).toMatch(/container app: its image cannot be pulled: .*manifest unknown/);
    expect(bad.output).toContain("Revision 1 is live again");
    expect(bad.code).toBe(1);
    await expect(deployment("greeter-r2", namespace)).rejects.toThrow("404");
    expect(at(await deployment("greeter-r1", namespace), "status", "availableReplicas")).toBe(2);
  });
});

describe.skipIf(!need("cluster").available)("the example of all clouds, in pods that really run", () => {
  beforeAll(async () => {
    await build({ ifStale: true, types: false });
  });

  it("serves, takes back an image that there is none of, and serves on", async () => {
    const kubeconfig = process.env["SLUICE_CLUSTER"] ?? "";
    const namespace = `ex06-real-${process.pid}`;
    onTestFinished(() => removeNamespace(namespace, kubeconfig));
    const folder = copyOf("06-cloud-agnostic");
    const flags = ["--cloud", "kubeconfig", "--namespace", namespace, "--image"];
    const run = (image: string): ReturnType<typeof start> =>
      start(folder, "pipeline.ts", [...flags, image], { KUBECONFIG: kubeconfig });
    expect((await run(IMAGE)).code).toBe(0);
    const path = `/api/v1/namespaces/${namespace}/services/greeter`;
    const service = (await labCluster(kubeconfig)("GET", path)) as KubeObject;
    const answering = async (): Promise<void> => {
      const pods = new Set<string>();
      await vi.waitFor(
        async () => {
          const { status, text } = await ask(`http://${String(at(service, "spec", "clusterIP"))}/`);
          expect(status).toBe(200);
          pods.add(text.trim());
          expect(pods.size).toBe(2);
        },
        { timeout: 30_000, interval: 20 },
      );
      for (const pod of pods) expect(pod).toMatch(/^greeter-r1-/);
    };
    await answering();
    const bad = await run("lab.local/web:nope");
    expect(bad.output).toMatch(/container app: its image cannot be pulled: .*lab\.local\/web:nope/);
    expect(bad.output).toContain("Revision 1 is live again");
    expect(bad.code).toBe(1);
    await answering();
  });
});

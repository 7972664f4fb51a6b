import { readFileSync } from "node:fs";
import { vi } from "vitest";
import type { ClusterConnection } from "../../../src/ports/index.ts";
import { openClusterApi } from "../../../src/targets/kubernetes/api/open.ts";
import type { ClusterApi, KubeObject } from "../../../src/targets/kubernetes/api/types.ts";
import type { ApplyScope } from "../../../src/targets/kubernetes/apply/types.ts";
import { labCluster } from "./client.ts";

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

/** The way to the lab's API server, by an administrator's kubeconfig or with the token of somebody else. */
export function labConnection(kubeconfig = process.env["KUBECONFIG"], token?: string): ClusterConnection {
  const config = JSON.parse(readFileSync(kubeconfig ?? "", "utf8")) as Kubeconfig;
  const { cluster } = config.clusters[0];
  const ca = Buffer.from(cluster["certificate-authority-data"], "base64").toString();
  const credentials = { token: token ?? config.users[0].user.token };
  return { server: cluster.server, ca, credentials: () => Promise.resolve(credentials) };
}

export function labApi(kubeconfig?: string, token?: string): ClusterApi {
  return openClusterApi(labConnection(kubeconfig, token), { cluster: "the lab" });
}

/** A namespace of a suite, with the service account that its pods need. */
export async function makeNamespace(name: string, kubeconfig?: string): Promise<void> {
  const ask = labCluster(kubeconfig);
  await vi.waitFor(
    () => ask("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } }),
    { timeout: 60_000, interval: 200 },
  );
  const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
  await vi.waitFor(() => ask("GET", account), { timeout: 30_000, interval: 50 });
}

export async function removeNamespace(name: string, kubeconfig?: string): Promise<void> {
  await labCluster(kubeconfig)("DELETE", `/api/v1/namespaces/${name}`);
}

export function scopeIn(namespace: string, more: Partial<ApplyScope> = {}): ApplyScope {
  return { manager: "sluice", namespace, set: "shop-set", force: false, ...more };
}

export const forever = (): AbortSignal => new AbortController().signal;

export function configMap(
  name: string,
  data: Readonly<Record<string, string>>,
  namespace?: string,
): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    data,
  };
}

export interface PlayedPods {
  readonly replicas?: number;
  /** As `test/lab/kubernetes/stages.mjs` plays pods. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly deadline?: number;
  readonly container?: Readonly<Record<string, unknown>>;
  readonly pod?: Readonly<Record<string, unknown>>;
}

export function deployment(name: string, pods: PlayedPods = {}): KubeObject {
  const { replicas = 2, deadline = 600 } = pods;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      progressDeadlineSeconds: deadline,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name, pods),
    },
  };
}

export function podTemplate(name: string, pods: PlayedPods = {}): Readonly<Record<string, unknown>> {
  const { annotations, image = "lab.local/web:1", container = {}, pod = {} } = pods;
  return {
    metadata: { labels: { app: name }, ...(annotations === undefined ? {} : { annotations }) },
    spec: { containers: [{ name: "web", image, ...container }], terminationGracePeriodSeconds: 0, ...pod },
  };
}

// needs: kwok, moto, certificates, lab-users
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ClusterConnection } from "../../../src/ports/index.ts";
import {
  openClusterApi,
  type ClusterApi,
  type KubeObject,
} from "../../../src/targets/kubernetes/api/index.ts";
import type { ClusterProviderRig } from "../../../src/testing/index.ts";
import type { AzureDouble } from "../../fixtures/clouds/azure.ts";
import { FaultyApiServer } from "../../fixtures/kubernetes/api-faults.ts";
import { need } from "../lab.ts";
import { labCluster } from "./client.ts";
import { openAksRig, openAzure } from "./providers/aks-rig.ts";
import { createEksCluster, deleteEksCluster, openEksRig } from "./providers/eks-rig.ts";
import { openGkeRig } from "./providers/gke-rig.ts";

const NEEDS = ["kwok", "moto", "certificates"];
const NAMESPACE = "prov-trouble";
const DEPLOYMENTS = { apiVersion: "apps/v1", kind: "Deployment" };
const HOUR = 3_600_000;

let azure: AzureDouble;
const RIGS: readonly (readonly [string, () => Promise<ClusterProviderRig>])[] = [
  ["eks", () => openEksRig()],
  ["aks", () => openAksRig(azure)],
  ["gke", () => openGkeRig()],
];

/** A provider's cluster, spoken to through a proxy that can make things go wrong. */
class Place {
  ahead = 0;
  readonly rig: ClusterProviderRig;
  readonly proxy: FaultyApiServer;
  api!: ClusterApi;

  constructor(rig: ClusterProviderRig, proxy: FaultyApiServer) {
    this.rig = rig;
    this.proxy = proxy;
  }

  static async open(open: () => Promise<ClusterProviderRig>): Promise<Place> {
    const place = new Place(await open(), await FaultyApiServer.open());
    const now = (): number => Date.now() + place.ahead;
    const { env = {}, root = process.cwd(), provider } = place.rig;
    const signal = new AbortController().signal;
    const { ca: _, ...connection }: ClusterConnection = await provider.connect({ env, root, signal, now });
    // The proxy speaks plain http; what counts here is who we are.
    const throughProxy = { ...connection, server: place.proxy.url };
    place.api = openClusterApi(throughProxy, { cluster: provider.describe(), env: {}, now });
    return place;
  }

  /** Tokens that the API server was shown, in order, each once. */
  get tokens(): readonly string[] {
    return [...new Set(this.proxy.seen.map(({ headers }) => headers.authorization ?? ""))];
  }

  async close(): Promise<void> {
    this.api.close();
    await this.proxy.close();
    await this.rig.close?.();
  }
}

function deployment(name: string, version: number): KubeObject {
  const labels = { app: name };
  return {
    ...DEPLOYMENTS,
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { "lab/after": "500ms", version: String(version) } },
        spec: { containers: [{ name: "web", image: "lab.local/web:1" }] },
      },
    },
  };
}

/** Applies it and watches until all of its pods are of that version; `midway` happens once the rollout is under way. */
async function rollOut(api: ClusterApi, object: KubeObject, midway?: () => void): Promise<void> {
  const { name } = object.metadata;
  const watch = api.watch(DEPLOYMENTS, { namespace: NAMESPACE, fields: `metadata.name=${name}` });
  try {
    await watch.synced;
    const applied = await api.apply(object, { manager: "prov-trouble" });
    midway?.();
    const ready = new Promise<void>((resolve) => {
      const look = (): void => {
        const live = watch.objects.get(`${NAMESPACE}/${name}`);
        if (live !== undefined && isRolledOut(live, applied.metadata.generation ?? 0)) resolve();
      };
      watch.onChange(look);
      look();
    });
    await Promise.race([ready, watch.broken]);
  } finally {
    watch.close();
  }
}

function isRolledOut(live: KubeObject, generation: number): boolean {
  const status = (live["status"] ?? {}) as Record<string, number | undefined>;
  const { observedGeneration = 0, updatedReplicas, availableReplicas, replicas } = status;
  return (
    observedGeneration >= generation && updatedReplicas === 3 && availableReplicas === 3 && replicas === 3
  );
}

describe.skipIf(NEEDS.some((name) => !need(name).available))("a rollout on a cloud's cluster", () => {
  const place: { open: Place | undefined } = { open: undefined };
  let admin: ReturnType<typeof labCluster>;

  beforeAll(async () => {
    admin = labCluster();
    azure = await openAzure();
    await createEksCluster();
    const metadata = { name: NAMESPACE };
    await admin("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
    await admin("POST", `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}/rolebindings`, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "deployers" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "prov-deployers" }],
    });
  });
  afterEach(async () => {
    await place.open?.close();
    place.open = undefined;
  });
  afterAll(async () => {
    await admin("DELETE", `/api/v1/namespaces/${NAMESPACE}`);
    await deleteEksCluster();
    await azure.close();
  });

  test.each(RIGS)(
    "%s: goes on with new credentials when the old ones are refused midway",
    async (kind, open) => {
      const { api, proxy, ...rest } = (place.open = await Place.open(open));
      await rollOut(api, deployment(`${kind}-refused`, 1));
      expect(rest.rig.provider.kind).toBe(kind);
      const before = place.open.tokens;
      await rollOut(api, deployment(`${kind}-refused`, 2), () => {
        proxy.inject({ fault: { status: 401, reason: "Unauthorized" } });
        proxy.cutWatches();
      });
      await rollOut(api, deployment(`${kind}-refused`, 3));
      expect(before).toHaveLength(1);
      expect(place.open.tokens).toHaveLength(2);
    },
  );

  test.each(RIGS)(
    "%s: renews credentials that end midway, and is never refused for it",
    async (kind, open) => {
      const now = (place.open = await Place.open(open));
      await rollOut(now.api, deployment(`${kind}-ended`, 1));
      await rollOut(now.api, deployment(`${kind}-ended`, 2), () => {
        now.ahead += 2 * HOUR;
        now.proxy.cutWatches();
      });
      expect(now.tokens.length).toBeGreaterThan(1);
      const shown = now.proxy.seen.length;
      expect(now.api.requests).toBe(shown);
    },
  );

  test.each(RIGS)("%s: waits for a cloud that throttles the renewal", async (kind, open) => {
    const { api, proxy, rig } = (place.open = await Place.open(open));
    await api.list(DEPLOYMENTS, { namespace: NAMESPACE });
    proxy.inject({ fault: { status: 401, reason: "Unauthorized" }, method: "PATCH" });
    rig.become?.("throttling");
    const since = performance.now();
    await rollOut(api, deployment(`${kind}-throttled`, 1));
    expect(performance.now() - since).toBeGreaterThan(950);
    expect(place.open.tokens).toHaveLength(2);
  });

  test.each(RIGS)("%s: says so when the cloud denies the renewal, and asks no more", async (kind, open) => {
    const { api, proxy, rig } = (place.open = await Place.open(open));
    await api.list(DEPLOYMENTS, { namespace: NAMESPACE });
    proxy.inject({ fault: { status: 401, reason: "Unauthorized" }, times: 100 });
    rig.become?.("denying");
    const shown = proxy.seen.length;
    const refused = api.apply(deployment(`${kind}-denied`, 1), { manager: "prov-trouble" });
    await expect(refused).rejects.toMatchObject({
      code: "CLUSTER_DENIED",
      hint: expect.any(String) as string,
    });
    expect(proxy.seen.length - shown).toBe(1);
  });
});

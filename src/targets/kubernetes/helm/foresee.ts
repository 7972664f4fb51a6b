import type { ClusterApi, KubeObject } from "../api/types.ts";
import { faultOf } from "../apply/explain.ts";
import { keyOf, refOf } from "../apply/refs.ts";
import type { KeptRevision } from "./deployed.ts";
import { threeWay } from "./three-way.ts";
import { helmMajor } from "./run-helm.ts";
import type { HelmContext } from "./types.ts";

/** How often an object is asked about again that changes all the time. */
const ATTEMPTS = 3;

/** The field manager that Helm is. */
export const HELM = "helm";

/** How Helm would write a release's objects. */
interface HelmWay {
  /** Whether the server applies them, which asks who owns a field; else Helm merges them itself and asks nobody. */
  readonly serverSide: boolean;
  /** What would come of an object. Nothing changes. */
  readonly attempt: (object: KubeObject, force: boolean) => Promise<KubeObject>;
}

/**
 * How this Helm would go on from the revision that is deployed: Helm 3 merges, Helm 4 has the server apply what is new
 * and goes on with the rest as it was begun.
 */
export async function helmWay(
  api: ClusterApi,
  helm: HelmContext,
  deployed: KeptRevision | undefined,
): Promise<HelmWay> {
  const serverSide = (await helmMajor(helm)) === 4 && (deployed?.serverSide ?? true);
  const old = await inNamespace(api, helm.namespace, deployed?.objects ?? []);
  const before = new Map(old.map((object) => [keyOf(refOf(object)), object]));
  return {
    serverSide,
    attempt: async (object, force) => {
      const said = before.get(keyOf(refOf(object)));
      for (let attempt = 1; ; attempt++) {
        const live = serverSide && !isDefinition(object) ? undefined : await api.get(refOf(object));
        if (live === undefined) return await api.apply(object, { manager: HELM, force, dryRun: true });
        const { apiVersion, kind } = object;
        // Definitions of a chart's folder `crds` are made once, and never touched again.
        if (isDefinition(object) && deployed !== undefined && said === undefined) return live;
        const merged = threeWay(said, object, { ...live, apiVersion, kind });
        try {
          return await api.replace(merged, { manager: HELM, dryRun: true });
        } catch (error) {
          // A controller has written to it between the two questions.
          if (faultOf(error)?.status !== 409 || attempt === ATTEMPTS) throw error;
        }
      }
    },
  };
}

/** The objects as Helm sends them: each in its namespace, with the release that it belongs to. */
export async function asSent(
  api: ClusterApi,
  namespace: string,
  release: string,
  objects: readonly KubeObject[],
): Promise<readonly KubeObject[]> {
  const placed = await inNamespace(api, namespace, objects);
  return placed.map((object) => {
    const { labels, annotations, ...metadata } = object.metadata;
    // Source: Helm's `pkg/action/validate.go`, `setMetadataVisitor`.
    const own = { "meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace };
    return {
      ...object,
      metadata: {
        ...metadata,
        labels: { ...labels, "app.kubernetes.io/managed-by": "Helm" },
        annotations: { ...annotations, ...own },
      },
    };
  });
}

async function inNamespace(
  api: ClusterApi,
  namespace: string,
  objects: readonly KubeObject[],
): Promise<readonly KubeObject[]> {
  return await Promise.all(
    objects.map(async (object) => {
      const resource = await api.resource(object).catch(() => undefined);
      if (resource?.namespaced === false) return object;
      return { ...object, metadata: { namespace, ...object.metadata } };
    }),
  );
}

function isDefinition({ kind }: KubeObject): boolean {
  return kind === "CustomResourceDefinition";
}

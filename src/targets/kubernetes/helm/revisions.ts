import type { ClusterApi, ObjectRef } from "../api/types.ts";
import type { HelmRevision } from "./types.ts";

/**
 * The revisions of a release, the newest first, as the cluster has them. Helm itself is not asked.
 *
 * Source: Helm's storage driver for Secrets: `sh.helm.release.v1.<release>.v<revision>`, labels `status`, `version`,
 * `createdAt` and `modifiedAt` (seconds since 1970).
 */
export async function helmStatus(
  api: ClusterApi,
  namespace: string,
  release: string,
): Promise<readonly HelmRevision[]> {
  const labels = `owner=helm,name=${release}`;
  const secrets = await api.list({ apiVersion: "v1", kind: "Secret" }, { namespace, labels });
  return secrets
    .map(({ metadata }): HelmRevision => {
      const { version, status = "unknown", createdAt, modifiedAt } = metadata.labels ?? {};
      const times = [Number(createdAt) * 1_000, Number(modifiedAt) * 1_000];
      const known = times.filter((time) => Number.isFinite(time));
      const made = Date.parse(metadata.creationTimestamp ?? "");
      return {
        revision: Number(version),
        status,
        since: known.length === 0 ? (Number.isNaN(made) ? 0 : made) : Math.max(...known),
      };
    })
    .filter(({ revision }) => Number.isSafeInteger(revision))
    .sort((one, other) => other.revision - one.revision);
}

/** The Secret of a revision. */
export function revisionRef(namespace: string, release: string, revision: number): ObjectRef {
  return { apiVersion: "v1", kind: "Secret", namespace, name: `sh.helm.release.v1.${release}.v${revision}` };
}

import { gunzipSync } from "node:zlib";
import type { ClusterApi, KubeObject } from "../api/types.ts";
import { readObjects } from "../manifests/load-manifests.ts";
import { ManifestProblems } from "../manifests/problems.ts";
import { at, text } from "../readiness/object.ts";
import { revisionRef } from "./revisions.ts";

/** A revision as Helm has kept it in the cluster. */
export interface KeptRevision {
  /** What Helm was told, or says itself, of how it came to be. */
  readonly description: string;
  /** The objects that it made, hooks left out, as the chart had them. */
  readonly objects: readonly KubeObject[];
  /** The chart's own values, without those that were given. */
  readonly defaults: unknown;
  /** Whether its objects were applied by the server: Helm goes on as it began. */
  readonly serverSide: boolean;
}

/**
 * Reads a revision; `undefined` where Helm keeps it no longer.
 *
 * Source: Helm's storage driver for Secrets: the release as JSON, gzipped, in base64, in the Secret's field `release`.
 */
export async function readRevision(
  api: ClusterApi,
  namespace: string,
  release: string,
  revision: number,
): Promise<KeptRevision | undefined> {
  const held = at(await api.get(revisionRef(namespace, release, revision)), "data", "release");
  if (typeof held !== "string") return undefined;
  const packed = Buffer.from(Buffer.from(held, "base64").toString(), "base64");
  const kept: unknown = JSON.parse(gunzipSync(packed).toString());
  const manifest = text(kept, "manifest");
  const placed = await readObjects(manifest, `release ${release}`, undefined, new ManifestProblems());
  return {
    description: text(kept, "info", "description"),
    objects: placed.map(({ object }) => object),
    defaults: at(kept, "chart", "values"),
    serverSide: text(kept, "apply_method") === "ssa",
  };
}

import { readFile } from "node:fs/promises";
import { codeOf, SluiceError } from "../../errors/index.ts";
import type { ClusterConnection, ClusterContext } from "../../ports/index.ts";
import { credentialsOf } from "./credentials.ts";
import type { KubeconfigLibrary } from "./library.ts";
import type { ClusterEntry, Impersonation, PickedContext } from "./types.ts";

/** A context as a connection. */
export async function connectionOf(
  picked: PickedContext,
  load: () => Promise<KubeconfigLibrary>,
  context: ClusterContext,
): Promise<ClusterConnection> {
  const { cluster, user } = picked;
  const ca = await authorityOf(cluster);
  const credentials = user === undefined ? undefined : credentialsOf(user, { cluster, ca, load, context });
  const { impersonate } = user ?? {};
  return {
    server: cluster.server,
    // A server that is not verified needs nobody to vouch for it.
    ...(cluster.insecure ? { insecure: true } : ca === undefined ? {} : { ca }),
    ...(cluster.serverName === undefined ? {} : { serverName: cluster.serverName }),
    ...(cluster.proxy === undefined ? {} : { proxy: cluster.proxy }),
    ...(picked.context.namespace === undefined ? {} : { namespace: picked.context.namespace }),
    ...(impersonate === undefined ? {} : { headers: headersOf(impersonate) }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

async function authorityOf({ name, caData, caFile }: ClusterEntry): Promise<string | undefined> {
  if (caData !== undefined && caData !== "") {
    const pem = Buffer.from(caData, "base64").toString("utf8");
    // Taken as it is, it would have the server's certificate blamed.
    if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
    throw new SluiceError(
      "CLUSTER_UNREACHABLE",
      `certificate-authority-data of the cluster "${name}" is not a PEM certificate in base64`,
      { hint: "Correct the kubeconfig, or get a new one from the cluster." },
    );
  }
  if (caFile === undefined) return undefined;
  try {
    return await readFile(caFile, "utf8");
  } catch (error) {
    const code = codeOf(error) ?? "unknown error";
    throw new SluiceError(
      "CLUSTER_UNREACHABLE",
      `the authority of the cluster "${name}", ${caFile}, cannot be read (${code})`,
      {
        hint: "Correct certificate-authority in the kubeconfig.",
        cause: error,
      },
    );
  }
}

/** Source: Kubernetes, user impersonation; an extra's key is percent-encoded where a header's name could not hold it. */
function headersOf({ user, uid, groups, extra }: Impersonation): Record<string, string | string[]> {
  const extras = Object.entries(extra).map(
    ([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key.toLowerCase())}`, [...values]] as const,
  );
  return {
    "Impersonate-User": user,
    ...(uid === undefined ? {} : { "Impersonate-Uid": uid }),
    ...(groups.length === 0 ? {} : { "Impersonate-Group": [...groups] }),
    ...Object.fromEntries(extras),
  };
}

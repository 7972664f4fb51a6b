import { readFile } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import { codeOf, SluiceError } from "../../errors/index.ts";
import type { ClusterConnection, ClusterContext, ClusterNeed, ClusterProvider } from "../../ports/index.ts";
import { checkOptions, namespaceName, tokenFile } from "../_shared/index.ts";

/** Where the kubelet puts what a pod's own account has. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface InClusterOptions {
  /** Where objects go that name no namespace. @defaultValue the pod's own */
  readonly namespace?: string;
}

/**
 * The cluster that this process runs in, as a pod, by the account of the pod. Its token is read again as the kubelet
 * renews it.
 *
 * @throws SluiceError `DEFINITION_INVALID` for options that cannot be right
 * @example
 * ```ts
 * import { inCluster, kubernetes } from "sluice/kubernetes";
 *
 * const here = kubernetes({ cluster: inCluster(), namespace: "shop" });
 * ```
 */
export function inCluster(options: InClusterOptions = {}): ClusterProvider {
  return inClusterAt(ACCOUNT, options);
}

/** {@link inCluster} with the account's files in another folder. */
export function inClusterAt(folder: string, options: InClusterOptions = {}): ClusterProvider {
  checkOptions("inCluster", options, { namespace: namespaceName }, HINT);
  return new InClusterProvider(folder, options);
}

const HINT = 'Write it like inCluster(), or inCluster({ namespace: "shop" }).';
const NO_POD =
  "inCluster() works inside of a pod whose account's token is mounted (automountServiceAccountToken). Elsewhere, use kubeconfig(), eks(), aks() or gke().";

class InClusterProvider implements ClusterProvider {
  readonly kind = "in-cluster";
  readonly name = "in-cluster";
  readonly needs: readonly ClusterNeed[] = [];
  readonly spec: ClusterProvider["spec"];
  readonly #folder: string;
  readonly #namespace: string | undefined;

  constructor(folder: string, { namespace }: InClusterOptions) {
    this.spec = namespace === undefined ? {} : { namespace };
    this.#folder = folder;
    this.#namespace = namespace;
  }

  describe(): string {
    return "the cluster that this pod runs in";
  }

  async connect({ env, signal, now }: ClusterContext): Promise<ClusterConnection> {
    signal.throwIfAborted();
    const host = env["KUBERNETES_SERVICE_HOST"] ?? "";
    const port = env["KUBERNETES_SERVICE_PORT"] ?? "";
    if (host === "" || port === "") {
      const missing = [host === "" && "KUBERNETES_SERVICE_HOST", port === "" && "KUBERNETES_SERVICE_PORT"];
      throw new SluiceError(
        "CLUSTER_UNREACHABLE",
        `this process does not run in a pod: ${missing.filter((name) => name !== false).join(" and ")} not set`,
        { hint: NO_POD },
      );
    }
    const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
    if (!URL.canParse(server))
      throw new SluiceError("CLUSTER_UNREACHABLE", `the pod's environment names no address: ${server}`, {
        hint: NO_POD,
      });
    const credentials = tokenFile(join(this.#folder, "token"), { now, hint: NO_POD });
    await credentials();
    const ca = await this.#read("ca.crt");
    const namespace = this.#namespace ?? (await this.#read("namespace"))?.trim();
    return {
      server,
      // Without it the server's certificate has to be one that the system trusts.
      ...(ca === undefined ? {} : { ca }),
      ...(namespace === undefined || namespace === "" ? {} : { namespace }),
      credentials,
    };
  }

  async #read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#folder, name), "utf8");
    } catch (error) {
      const code = codeOf(error) ?? "unknown error";
      if (code === "ENOENT") return undefined;
      const file = join(this.#folder, name);
      throw new SluiceError("CLUSTER_UNREACHABLE", `${file} cannot be read (${code})`, {
        hint: NO_POD,
        cause: error,
      });
    }
  }
}

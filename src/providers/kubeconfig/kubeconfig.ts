import type { ClusterConnection, ClusterContext, ClusterNeed, ClusterProvider } from "../../ports/index.ts";
import { checkOptions, namespaceName, text } from "../_shared/index.ts";
import { connectionOf } from "./connection.ts";
import { filesOf } from "./files.ts";
import { loadLibrary, type KubeconfigLibrary } from "./library.ts";
import { mergeConfigs, pickContext } from "./pick-context.ts";
import { readConfigs } from "./read-configs.ts";

export interface KubeconfigOptions {
  /** A kubeconfig, from the pipeline's folder. @defaultValue the files of `KUBECONFIG`, else `~/.kube/config` */
  readonly path?: string;
  /** @defaultValue the current context */
  readonly context?: string;
  /** Where objects go that name no namespace. @defaultValue the context's */
  readonly namespace?: string;
}

/**
 * The cluster that a kubeconfig leads to, with what it says of credentials: tokens and files of tokens, client
 * certificates, credential plugins, impersonation; and of the way there: proxy, server name, authority.
 *
 * Users with an auth-provider (`oidc`, `gcp`, `azure`), which credential plugins have replaced, need the package
 * `@kubernetes/client-node`.
 *
 * @throws SluiceError `DEFINITION_INVALID` for options that cannot be right
 * @example
 * ```ts
 * import { kubeconfig, kubernetes } from "sluice/kubernetes";
 *
 * const staging = kubernetes({ cluster: kubeconfig({ context: "staging" }), namespace: "shop" });
 * ```
 */
export function kubeconfig(options: KubeconfigOptions = {}): ClusterProvider {
  return kubeconfigWith(loadLibrary, options);
}

/** {@link kubeconfig} over any library. */
export function kubeconfigWith(
  load: () => Promise<KubeconfigLibrary>,
  options: KubeconfigOptions = {},
): ClusterProvider {
  checkOptions("kubeconfig", options, { path: text, context: text, namespace: namespaceName }, HINT);
  return new KubeconfigProvider(load, options);
}

const HINT = 'Write it like kubeconfig({ context: "staging" }); every option may be left out.';

class KubeconfigProvider implements ClusterProvider {
  readonly kind = "kubeconfig";
  readonly name: string;
  readonly needs: readonly ClusterNeed[] = [];
  readonly spec: ClusterProvider["spec"];
  readonly #load: () => Promise<KubeconfigLibrary>;
  readonly #options: KubeconfigOptions;

  constructor(load: () => Promise<KubeconfigLibrary>, options: KubeconfigOptions) {
    const { path, context, namespace } = options;
    this.name = context ?? "current-context";
    this.spec = {
      ...(path === undefined ? {} : { path }),
      ...(context === undefined ? {} : { context }),
      ...(namespace === undefined ? {} : { namespace }),
    };
    this.#load = load;
    this.#options = options;
  }

  describe(): string {
    const { path, context } = this.#options;
    const where = path === undefined ? "the kubeconfig" : `the kubeconfig ${path}`;
    return context === undefined ? `the current context of ${where}` : `context "${context}" of ${where}`;
  }

  async connect(context: ClusterContext): Promise<ClusterConnection> {
    context.signal.throwIfAborted();
    const { path, context: wanted, namespace } = this.#options;
    const files = await filesOf(path, context);
    const config = mergeConfigs(await readConfigs(files));
    const picked = pickContext(config, wanted, files);
    const connection = await connectionOf(picked, this.#load, context);
    // Who cannot get in at all is to know it now.
    await connection.credentials?.();
    return namespace === undefined ? connection : { ...connection, namespace };
  }
}

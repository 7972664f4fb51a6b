import { resolve } from "node:path";
import type {
  ClusterConnection,
  ClusterContext,
  ClusterNeed,
  ClusterProvider,
  ClusterRegistry,
} from "../../ports/index.ts";
import { cachedCredentials, untilAborted, variable } from "../_shared/index.ts";
import { gkeEndpoint, type GkeCluster } from "./endpoint.ts";
import { gkeFault, identityFault } from "./faults.ts";
import { loadGoogleSdk } from "./load.ts";
import { gkeSpec, type GkeOptions } from "./options.ts";
import { readCluster } from "./read-cluster.ts";
import type { GoogleIdentity, GoogleSdk, GoogleToken } from "./sdk.ts";

/** The second is what tells the cluster the account's address. */
const SCOPES = [
  "https://www.googleapis.com/auth/cloud-platform",
  "https://www.googleapis.com/auth/userinfo.email",
];

/** A token that ends within this many milliseconds is not begun with. */
const ALMOST_OVER = 60_000;

/**
 * A GKE cluster. It is looked up in the first call that needs it. Honours `GOOGLE_APPLICATION_CREDENTIALS`, and gcloud's
 * `CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER` and `CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS`.
 *
 * Needs `@google-cloud/container` and `google-auth-library`, and no gke-gcloud-auth-plugin.
 *
 * @param beside names of options that are given beside these, and read by somebody else: one may have been meant
 * @throws SluiceError `DEFINITION_INVALID` for options that cannot be right
 */
export function gke(options: GkeOptions, beside?: readonly string[]): ClusterProvider {
  return gkeWith(loadGoogleSdk, options, beside);
}

/** {@link gke} over any libraries. */
export function gkeWith(
  load: () => Promise<GoogleSdk>,
  options: GkeOptions,
  beside?: readonly string[],
): ClusterProvider {
  return new GkeProvider(load, options, beside);
}

class GkeProvider implements ClusterProvider {
  readonly kind = "gke";
  readonly name: string;
  readonly spec: ClusterProvider["spec"];
  readonly needs: readonly ClusterNeed[] = NEEDS;
  readonly #load: () => Promise<GoogleSdk>;
  readonly #options: GkeOptions;

  constructor(load: () => Promise<GoogleSdk>, options: GkeOptions, beside?: readonly string[]) {
    this.spec = gkeSpec(options, beside);
    this.name = options.cluster;
    this.#load = load;
    this.#options = options;
  }

  describe(): string {
    const { cluster, location, project } = this.#options;
    return `GKE cluster "${cluster}" in ${location} of project ${project}`;
  }

  async connect(context: ClusterContext): Promise<ClusterConnection> {
    context.signal.throwIfAborted();
    const sdk = await this.#load();
    const { identity, token } = await this.#identify(sdk, context);
    const cluster = await this.#cluster(sdk, identity, context);
    let first: GoogleToken | undefined = token;
    const credentials = cachedCredentials(
      async ({ fresh }) => {
        const held = fresh ? undefined : first;
        first = undefined;
        const lasts = held !== undefined && (held.expiresAt ?? Infinity) - context.now() > ALMOST_OVER;
        return lasts ? held : (await this.#identify(sdk, context)).token;
      },
      { now: context.now },
    );
    return { ...gkeEndpoint(cluster, this.#options.endpoint ?? "auto", this.describe()), credentials };
  }

  registry(): Promise<ClusterRegistry> {
    const { registry, location, project } = this.#options;
    const region = location.replace(/-[a-z]$/, "");
    // A project of a domain, `example.com:web`, has its domain as a folder of its own.
    const prefix = registry ?? `${region}-docker.pkg.dev/${project.replace(":", "/")}`;
    return Promise.resolve({ prefix });
  }

  /** With an identity that has nothing cached: what is cached is known here, and asked anew when it must be. */
  async #identify(
    sdk: GoogleSdk,
    { env, root, signal }: ClusterContext,
  ): Promise<{ identity: GoogleIdentity; token: GoogleToken }> {
    const { keyFile, impersonate } = this.#options;
    const file =
      keyFile === undefined ? variable(env, "GOOGLE_APPLICATION_CREDENTIALS") : resolve(root, keyFile);
    const get = async (): Promise<{ identity: GoogleIdentity; token: GoogleToken }> => {
      const identity = await sdk.identity({
        keyFile: file,
        impersonate,
        iamCredentials: variable(env, "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS")?.replace(/\/$/, ""),
        scopes: SCOPES,
        signal,
      });
      return { identity, token: await identity.token() };
    };
    try {
      return await untilAborted(get(), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw identityFault(error, this.describe());
    }
  }

  async #cluster(
    sdk: GoogleSdk,
    identity: GoogleIdentity,
    { env, signal }: ClusterContext,
  ): Promise<GkeCluster> {
    const { project, location, cluster } = this.#options;
    const endpoint = variable(env, "CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER")?.replace(/\/$/, "");
    const manager = sdk.clusters(identity, { endpoint, signal });
    try {
      const name = `projects/${project}/locations/${location}/clusters/${cluster}`;
      const [message] = await untilAborted(manager.getCluster({ name }), signal);
      return readCluster(message);
    } catch (error) {
      signal.throwIfAborted();
      throw gkeFault(error, this.describe());
    } finally {
      await manager.close();
    }
  }
}

const NEEDS: readonly ClusterNeed[] = [
  {
    kind: "package",
    name: "@google-cloud/container",
    why: "finds the cluster: npm install @google-cloud/container",
  },
  {
    kind: "package",
    name: "google-auth-library",
    why: "gets tokens: npm install google-auth-library",
  },
];

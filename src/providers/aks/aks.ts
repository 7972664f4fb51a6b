import { SluiceError } from "../../errors/index.ts";
import type {
  ClusterConnection,
  ClusterContext,
  ClusterCredentials,
  ClusterNeed,
  ClusterProvider,
  ClusterRegistry,
} from "../../ports/index.ts";
import { cachedCredentials, untilAborted, variable } from "../_shared/index.ts";
import { CLOUDS } from "./clouds.ts";
import { azureFault } from "./faults.ts";
import { loadAzureSdk } from "./load.ts";
import { aksSpec, type AksOptions } from "./options.ts";
import type { AzureIdentity, AzureSdk } from "./sdk.ts";
import { readUserConfig, type UserConfig } from "./user-config.ts";

/** The AKS server's application in Entra ID, the same in every cloud. */
const SERVER_SCOPE = "6dae42f8-4368-4678-94ff-3960e28e3630/.default";

/**
 * An AKS cluster, with Entra ID or with local accounts. It is looked up in the first call that needs it. Honours the
 * `AZURE_*` variables of Azure's own identity library, `AZURE_AUTHORITY_HOST` among them.
 *
 * Needs `@azure/arm-containerservice` and `@azure/identity`, and no kubelogin.
 *
 * @param beside names of options that are given beside these, and read by somebody else: one may have been meant
 * @throws SluiceError `DEFINITION_INVALID` for options that cannot be right
 */
export function aks(options: AksOptions, beside?: readonly string[]): ClusterProvider {
  return aksWith(loadAzureSdk, options, beside);
}

/** {@link aks} over any SDK. */
export function aksWith(
  load: () => Promise<AzureSdk>,
  options: AksOptions,
  beside?: readonly string[],
): ClusterProvider {
  return new AksProvider(load, options, beside);
}

class AksProvider implements ClusterProvider {
  readonly kind = "aks";
  readonly name: string;
  readonly spec: ClusterProvider["spec"];
  readonly needs: readonly ClusterNeed[] = NEEDS;
  readonly #load: () => Promise<AzureSdk>;
  readonly #options: AksOptions;

  constructor(load: () => Promise<AzureSdk>, options: AksOptions, beside?: readonly string[]) {
    this.spec = aksSpec(options, beside);
    this.name = options.cluster;
    this.#load = load;
    this.#options = options;
  }

  describe(): string {
    const { cluster, resourceGroup } = this.#options;
    return `AKS cluster "${cluster}" in resource group ${resourceGroup}`;
  }

  async connect(context: ClusterContext): Promise<ClusterConnection> {
    context.signal.throwIfAborted();
    const sdk = await this.#load();
    const { server, ca, credentials } = await this.#userConfig(sdk, context);
    const ask =
      credentials === undefined ? this.#entra(sdk, context) : this.#local(sdk, context, credentials);
    return { server, ca, credentials: ask };
  }

  registry(): Promise<ClusterRegistry | undefined> {
    const { registry } = this.#options;
    return Promise.resolve(registry === undefined ? undefined : { prefix: registry });
  }

  /** Keys of the cluster's own. They are got anew when they are refused: somebody may have rotated them. */
  #local(sdk: AzureSdk, context: ClusterContext, first: ClusterCredentials): CredentialSource {
    let held: ClusterCredentials | undefined = first;
    return cachedCredentials(
      async ({ fresh }) => {
        const known = fresh ? undefined : held;
        held = undefined;
        return known ?? (await this.#userConfig(sdk, context)).credentials ?? {};
      },
      { now: context.now },
    );
  }

  /** Tokens of Entra ID. One that lives for a day says when it should be renewed, which is long before it ends. */
  #entra(sdk: AzureSdk, context: ClusterContext): CredentialSource {
    return cachedCredentials(
      async () => {
        const token = await this.#ask(sdk, context, (identity) =>
          identity.getToken(SERVER_SCOPE, { abortSignal: context.signal }),
        );
        if (token === null) throw noToken(this.describe());
        const { expiresOnTimestamp: expiresAt, refreshAfterTimestamp: renewAt } = token;
        return { token: token.token, expiresAt, renewAt };
      },
      { now: context.now },
    );
  }

  async #userConfig(sdk: AzureSdk, context: ClusterContext): Promise<UserConfig> {
    const { subscription, resourceGroup, cluster, endpoint = "auto", cloud = "public" } = this.#options;
    const address = (this.#options.resourceManager ?? CLOUDS[cloud].resourceManager).replace(/\/$/, "");
    const answer = await this.#ask(sdk, context, (identity) =>
      sdk
        .clusters(identity, { subscription, endpoint: address })
        .listClusterUserCredentials(resourceGroup, cluster, {
          format: "exec",
          ...(endpoint === "auto" ? {} : { serverFqdn: endpoint }),
          abortSignal: context.signal,
        }),
    );
    return await readUserConfig(answer.kubeconfigs?.[0]?.value, this.describe());
  }

  /** Asks with an identity that has nothing cached: what is cached is known here, and asked anew when it must be. */
  async #ask<T>(
    sdk: AzureSdk,
    { env, signal }: ClusterContext,
    request: (identity: AzureIdentity) => Promise<T>,
  ): Promise<T> {
    const { credential = "default", cloud = "public" } = this.#options;
    const authority = (variable(env, "AZURE_AUTHORITY_HOST") ?? CLOUDS[cloud].authority).replace(/\/$/, "");
    try {
      const identity = sdk.identity({
        credential,
        tenant: this.#options.tenant ?? variable(env, "AZURE_TENANT_ID"),
        authority,
        listed: Object.values(CLOUDS).some((one) => one.authority === authority),
      });
      return await untilAborted(request(identity), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw azureFault(error, this.describe());
    }
  }
}

type CredentialSource = NonNullable<ClusterConnection["credentials"]>;

function noToken(what: string): SluiceError {
  return new SluiceError("CLUSTER_DENIED", `Azure gives no token for ${what}`, {
    hint: "Log in (az login), or choose another `credential`.",
  });
}

const NEEDS: readonly ClusterNeed[] = [
  {
    kind: "package",
    name: "@azure/arm-containerservice",
    why: "finds the cluster: npm install @azure/arm-containerservice",
  },
  { kind: "package", name: "@azure/identity", why: "gets tokens: npm install @azure/identity" },
];

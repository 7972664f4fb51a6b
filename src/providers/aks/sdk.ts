import type { AzureCredentialChoice } from "./options.ts";

/** The part of the Azure SDK that the provider calls. Nothing of it appears in a type here, and tests play it. */
export interface AzureSdk {
  /** An identity. Each call makes one that has nothing cached. */
  identity(choice: IdentityChoice): AzureIdentity;
  clusters(identity: AzureIdentity, place: ResourceManagerPlace): ManagedClusters;
}

export interface IdentityChoice {
  readonly credential: AzureCredentialChoice;
  readonly tenant: string | undefined;
  /** For example `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** Whether the authority is one that Microsoft lists; others cannot be looked up there. */
  readonly listed: boolean;
}

export interface AzureIdentity {
  getToken(
    scope: string | string[],
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<AzureToken | null>;
}

export interface AzureToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresOnTimestamp: number;
  /** When a new one should be got, in milliseconds since 1970: long before the end, where it lives long. */
  readonly refreshAfterTimestamp?: number;
}

export interface ResourceManagerPlace {
  readonly subscription: string;
  readonly endpoint: string;
}

export interface ManagedClusters {
  listClusterUserCredentials(
    resourceGroup: string,
    cluster: string,
    options: {
      readonly format: "exec";
      readonly serverFqdn?: "public" | "private";
      readonly abortSignal: AbortSignal;
    },
  ): Promise<CredentialResults>;
}

export interface CredentialResults {
  readonly kubeconfigs?: readonly { readonly value?: Uint8Array | undefined }[] | undefined;
}

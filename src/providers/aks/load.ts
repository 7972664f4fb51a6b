import { loadOptional } from "../_shared/index.ts";
import type { AzureIdentity, AzureSdk, IdentityChoice } from "./sdk.ts";

type Identity = typeof import("@azure/identity");

/** Loads the SDK's packages. @throws SluiceError `DEPENDENCY_MISSING` */
export async function loadAzureSdk(): Promise<AzureSdk> {
  const [identities, service] = await Promise.all([
    loadOptional("@azure/identity", () => import("@azure/identity"), "aks()"),
    loadOptional("@azure/arm-containerservice", () => import("@azure/arm-containerservice"), "aks()"),
  ]);
  return {
    identity: (choice) => identity(identities, choice),
    clusters: (credential, { subscription, endpoint }) => {
      const client = new service.ContainerServiceClient(credential, subscription, {
        endpoint,
        // The client's own scope is that of the public cloud.
        credentials: { scopes: [`${endpoint}/.default`] },
      });
      return client.managedClusters;
    },
  };
}

function identity(azure: Identity, choice: IdentityChoice): AzureIdentity {
  const { credential, tenant, authority, listed } = choice;
  const tenantId = tenant === undefined ? {} : { tenantId: tenant };
  const options = { authorityHost: authority, disableInstanceDiscovery: !listed, ...tenantId };
  if (typeof credential === "object")
    return new azure.ManagedIdentityCredential({ clientId: credential.managedIdentityClientId });
  switch (credential) {
    case "environment":
      return new azure.EnvironmentCredential(options);
    case "cli":
      return new azure.AzureCliCredential(tenantId);
    case "managed-identity":
      return new azure.ManagedIdentityCredential();
    case "workload-identity":
      return new azure.WorkloadIdentityCredential(options);
    case "default":
      return new azure.DefaultAzureCredential(options);
  }
}

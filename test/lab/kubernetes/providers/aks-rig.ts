import { aks, type AksOptions } from "../../../../src/providers/aks/index.ts";
import type { ClusterProviderRig } from "../../../../src/testing/index.ts";
import { AzureDouble, type AzureDoubleOptions } from "../../../fixtures/clouds/azure.ts";
import { labCertificate, labServer, trust, whoAmI } from "./lab-server.ts";

export const AKS_PLACE = {
  subscription: "5f2c1a30-1111-4222-8333-444455556666",
  resourceGroup: "prov",
  cluster: "prov-aks",
};

export interface AksRigOptions {
  readonly options?: Partial<AksOptions>;
  /** Variables instead of those of an application with a secret. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Opens a double of Azure, whose cluster is the lab's API server. */
export async function openAzure(
  localUser?: Readonly<Record<string, unknown>>,
  options: Pick<Partial<AzureDoubleOptions>, "tls" | "resourceManager"> & { readonly name?: string } = {},
): Promise<AzureDouble> {
  const { cluster, ...place } = AKS_PLACE;
  const { name = cluster, ...others } = options;
  const azure = new AzureDouble({
    tls: labCertificate(),
    ...others,
    cluster: { ...place, name, ...labServer(), ...(localUser === undefined ? {} : { localUser }) },
  });
  await azure.open();
  return azure;
}

/** `aks` with the real SDK, a double of Azure, and a webhook that verifies its tokens. */
export async function openAksRig(
  azure: AzureDouble,
  { options, env }: AksRigOptions = {},
): Promise<ClusterProviderRig> {
  azure.door.requests = 0;
  azure.door.mood = "well";
  const users = [{ name: azure.objectId, groups: ["prov-deployers"] }];
  const { cluster } = { ...AKS_PLACE, ...options };
  const distrust = await trust(cluster, { kind: "entra", keys: azure.keys, users });
  // Azure's identity library reads the process's own variables.
  const restore = setVariables(env ?? azure.env);
  return {
    provider: aks({ ...AKS_PLACE, credential: "environment", resourceManager: azure.url, ...options }),
    env: process.env,
    requests: () => azure.door.requests,
    become: (mood) => {
      azure.door.mood = mood;
    },
    secrets: [azure.clientSecret, azure.identityHeader, azure.assertion],
    enter: async (connection) => {
      const who = await whoAmI(connection);
      if (who !== azure.objectId) throw new Error(`we are taken for ${who}`);
    },
    close: async () => {
      restore();
      await distrust();
    },
  };
}

export function setVariables(variables: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
}

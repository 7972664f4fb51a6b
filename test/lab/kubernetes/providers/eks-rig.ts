import { EKS } from "@aws-sdk/client-eks";
import { eks, type EksOptions } from "../../../../src/providers/eks/index.ts";
import type { ClusterProviderRig } from "../../../../src/testing/index.ts";
import { AwsDoor } from "../../../fixtures/clouds/aws.ts";
import { labServer, trust, whoAmI } from "./lab-server.ts";

export const EKS_CLUSTER = "prov-eks";
export const EKS_REGION = "eu-west-1";
export const EKS_ROLE = "arn:aws:iam::123456789012:role/prov-deployer";
export const EKS_USER = "prov-eks-deployer";

const KEYS = { accessKeyId: "AKIAPROVIDERSLAB0000", secretAccessKey: "the-secret-of-the-lab-key-of-aws" };

export const createEksCluster = (): Promise<void> => createEksClusterAs(EKS_CLUSTER);
export const deleteEksCluster = (): Promise<void> => deleteEksClusterOf(EKS_CLUSTER);

/** Makes the cluster that moto shall know, unless it does. */
export async function createEksClusterAs(name: string): Promise<void> {
  const api = new EKS({ endpoint: process.env["SLUICE_MOTO"] ?? "", region: EKS_REGION, credentials: KEYS });
  try {
    await api.createCluster({
      name,
      roleArn: EKS_ROLE,
      resourcesVpcConfig: { subnetIds: ["subnet-1"] },
    });
  } catch (error) {
    if ((error as Error).name !== "ResourceInUseException") throw error;
  } finally {
    api.destroy();
  }
}

export async function deleteEksClusterOf(name: string): Promise<void> {
  const api = new EKS({ endpoint: process.env["SLUICE_MOTO"] ?? "", region: EKS_REGION, credentials: KEYS });
  await api.deleteCluster({ name });
  api.destroy();
}

export interface EksRig extends ClusterProviderRig {
  readonly aws: AwsDoor;
}

/** `eks` with the real SDK, moto behind a door, and a webhook that verifies its tokens. */
export async function openEksRig(
  options: Partial<EksOptions> = {},
  tls?: { readonly key: string; readonly cert: string },
): Promise<EksRig> {
  const keys: Record<string, string> = { [KEYS.accessKeyId]: KEYS.secretAccessKey };
  const moto = process.env["SLUICE_MOTO"] ?? "";
  const { cluster = EKS_CLUSTER } = options;
  const cloud = {
    kind: "eks",
    cluster,
    hosts: [`sts.${EKS_REGION}.amazonaws.com`],
    sts: moto,
    users: [{ arn: EKS_ROLE, username: EKS_USER, groups: ["prov-deployers"] }],
  };
  const aws = new AwsDoor({
    ...labServer(),
    ...(tls === undefined ? {} : { tls }),
    moto,
    onKey: async (id, secret) => {
      keys[id] = secret;
      await trust(cluster, { ...cloud, keys });
    },
  });
  await aws.open();
  const distrust = await trust(cluster, { ...cloud, keys });
  return {
    aws,
    provider: eks({ cluster, region: EKS_REGION, assumeRole: { arn: EKS_ROLE }, ...options }),
    env: {
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    },
    requests: () => aws.door.requests,
    become: (mood) => {
      aws.door.mood = mood;
    },
    secrets: [KEYS.secretAccessKey],
    enter: async (connection) => {
      const name = await whoAmI(connection);
      if (name !== EKS_USER) throw new Error(`we are taken for ${name}`);
    },
    close: async () => {
      await distrust();
      await aws.close();
    },
  };
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labCluster } from "../client.ts";
import { AKS_PLACE, openAksRig, openAzure } from "./aks-rig.ts";
import { ConnectProxy } from "./connect-proxy.ts";
import {
  createEksClusterAs,
  deleteEksClusterOf,
  EKS_REGION,
  EKS_ROLE,
  EKS_USER,
  openEksRig,
} from "./eks-rig.ts";
import { openGkeRig } from "./gke-rig.ts";
import { certificateFor } from "./lab-server.ts";

/** A way into the lab's API server as a user has it: flags that name the cluster, and the variables of the shell. */
export interface UserPlace {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whom the API server takes the user for. */
  readonly user: string;
  /** What may stand in no output and no file. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

const RESOURCE_MANAGER = "management.azure.com";

/** A profile that takes a role on, as after `aws configure`. */
export async function openAwsPlace(cluster: string): Promise<UserPlace> {
  await createEksClusterAs(cluster);
  const rig = await openEksRig({ cluster });
  const keys = rig.env ?? {};
  const folder = mkdtempSync(join(tmpdir(), "sluice-aws-"));
  const credentials = [
    "[ci]",
    `aws_access_key_id = ${keys["AWS_ACCESS_KEY_ID"] ?? ""}`,
    `aws_secret_access_key = ${keys["AWS_SECRET_ACCESS_KEY"] ?? ""}`,
  ];
  const profile = [`[profile deployer]`, `role_arn = ${EKS_ROLE}`, "source_profile = ci"];
  writeFileSync(join(folder, "credentials"), `${credentials.join("\n")}\n`);
  writeFileSync(join(folder, "config"), `${profile.join("\n")}\n`);
  return {
    flags: ["--cloud", "aws", "--cluster", cluster, "--region", EKS_REGION],
    env: {
      AWS_ENDPOINT_URL: rig.aws.url,
      AWS_PROFILE: "deployer",
      AWS_CONFIG_FILE: join(folder, "config"),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
    },
    user: EKS_USER,
    secrets: rig.secrets,
    close: async () => {
      await rig.close?.();
      await deleteEksClusterOf(cluster);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An application with a secret. A proxy leads to the double what is sent to Azure's own address. */
export async function openAzurePlace(cluster: string): Promise<UserPlace> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-azure-"));
  const tls = await certificateFor(["localhost", RESOURCE_MANAGER], folder);
  const azure = await openAzure(undefined, {
    tls,
    name: cluster,
    resourceManager: `https://${RESOURCE_MANAGER}`,
  });
  const rig = await openAksRig(azure, { options: { cluster } });
  const proxy = await ConnectProxy.open({ [`${RESOURCE_MANAGER}:443`]: new URL(azure.url).host });
  const { subscription, resourceGroup } = AKS_PLACE;
  const named = ["--cluster", cluster, "--subscription", subscription, "--group", resourceGroup];
  return {
    flags: ["--cloud", "azure", ...named],
    env: {
      ...azure.env,
      HTTPS_PROXY: proxy.url,
      NO_PROXY: "127.0.0.1",
      NODE_EXTRA_CA_CERTS: process.env["NODE_EXTRA_CA_CERTS"] ?? "",
    },
    user: azure.objectId,
    secrets: rig.secrets,
    close: async () => {
      await rig.close?.();
      await proxy.close();
      await azure.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A workload that acts as a service account by federation. */
export async function openGooglePlace(cluster: string): Promise<UserPlace> {
  const rig = await openGkeRig({ cluster });
  const { google, root = "" } = rig;
  return {
    flags: ["--cloud", "gcp", "--cluster", cluster, "--project", "acme-web", "--region", "europe-west1"],
    env: {
      ...(rig.env as Record<string, string>),
      GOOGLE_APPLICATION_CREDENTIALS: join(root, "federation.json"),
    },
    user: google.account,
    secrets: rig.secrets,
    close: async () => {
      await rig.close?.();
    },
  };
}

/** A service account of a namespace, by a kubeconfig. */
export async function openKubeconfigPlace(namespace: string): Promise<UserPlace> {
  const file = process.env["KUBECONFIG"] ?? "";
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
  const asked = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const made = await labCluster(file)("POST", `${account}/token`, asked);
  const { token } = (made as { readonly status: { readonly token: string } }).status;
  const folder = mkdtempSync(join(tmpdir(), "sluice-kubeconfig-"));
  const config = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const users = [{ name: "lab", user: { token } }];
  writeFileSync(join(folder, "config"), JSON.stringify({ ...config, users }));
  return {
    flags: ["--cloud", "kubeconfig"],
    env: { KUBECONFIG: join(folder, "config") },
    user: `system:serviceaccount:${namespace}:default`,
    secrets: [token],
    close: () => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

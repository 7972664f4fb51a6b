import { X509Certificate } from "node:crypto";
import { SluiceError } from "../../errors/index.ts";
import type { ClusterCredentials } from "../../ports/index.ts";

/** What the kubeconfig that AKS gives to a user says. */
export interface UserConfig {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  /** Of a cluster with local accounts; absent where Entra ID says who one is. */
  readonly credentials: ClusterCredentials | undefined;
}

interface Kubeconfig {
  readonly clusters?: readonly { readonly cluster?: Readonly<Record<string, unknown>> }[];
  readonly users?: readonly { readonly user?: Readonly<Record<string, unknown>> }[];
}

/** Reads the kubeconfig of `listClusterUserCredential`. Its content stands in no error: it may hold a key. */
export async function readUserConfig(value: Uint8Array | undefined, what: string): Promise<UserConfig> {
  const { parse } = await import("yaml");
  let config: Kubeconfig | null = null;
  try {
    config = parse(Buffer.from(value ?? []).toString("utf8")) as Kubeconfig | null;
  } catch {
    // Answered for below: a parser's message would show the text.
  }
  const { cluster } = config?.clusters?.[0] ?? {};
  const { user } = config?.users?.[0] ?? {};
  const server = cluster?.["server"];
  const ca = decoded(cluster?.["certificate-authority-data"]);
  if (typeof server !== "string" || ca === undefined || user === undefined) {
    throw new SluiceError("CLOUD_FAILED", `Azure gives no usable kubeconfig for ${what}`, {
      hint: "Look at what it gives: az aks get-credentials --file - --format exec.",
    });
  }
  return { server: server.replace(/\/$/, ""), ca, credentials: localAccount(user) };
}

function localAccount(user: Readonly<Record<string, unknown>>): ClusterCredentials | undefined {
  if (user["exec"] !== undefined || user["auth-provider"] !== undefined) return undefined;
  const cert = decoded(user["client-certificate-data"]);
  const key = decoded(user["client-key-data"]);
  const { token } = user;
  const certificate = cert === undefined || key === undefined ? undefined : { cert, key };
  return {
    ...(typeof token === "string" ? { token } : {}),
    ...(certificate === undefined ? {} : { certificate, ...endOf(certificate.cert) }),
  };
}

function endOf(pem: string): { expiresAt?: number } {
  const end = Date.parse(new X509Certificate(pem).validTo);
  return Number.isNaN(end) ? {} : { expiresAt: end };
}

function decoded(base64: unknown): string | undefined {
  return typeof base64 === "string" ? Buffer.from(base64, "base64").toString("utf8") : undefined;
}

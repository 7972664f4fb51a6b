import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import type { ClusterContext } from "../../../../src/ports/index.ts";
import { aksWith } from "../../../../src/providers/aks/aks.ts";
import type { AksOptions } from "../../../../src/providers/aks/index.ts";
import { clusterContext } from "../../../fixtures/clouds/context.ts";
import { PlayedAzure } from "../../../fixtures/clouds/played-azure.ts";
import { CERTIFICATE, sdkError } from "../../../fixtures/clouds/played-cloud.ts";

const NOW = Date.UTC(2026, 4, 1, 12);
const HOUR = 3_600_000;
const OPTIONS: AksOptions = {
  subscription: "00000000-1111-2222-3333-444444444444",
  resourceGroup: "web",
  cluster: "prod",
};

function connect(
  azure: PlayedAzure,
  options: Partial<AksOptions> = {},
  context: Partial<ClusterContext> = {},
) {
  const provider = aksWith(() => Promise.resolve(azure), { ...OPTIONS, ...options });
  return provider.connect(clusterContext({ now: () => NOW, ...context }));
}

describe("aks", () => {
  it("takes the server and its authority from the kubeconfig that a user gets", async () => {
    const azure = new PlayedAzure();
    const connection = await connect(azure);
    expect(connection.server).toBe("https://prod-1a2b.hcp.westeurope.azmk8s.io:443");
    expect(connection.ca).toBe(CERTIFICATE);
    expect(azure.asked).toMatchObject([{ resourceGroup: "web", cluster: "prod", format: "exec" }]);
    expect(azure.asked[0]).not.toHaveProperty("serverFqdn");
  });

  it("gets tokens for the AKS server's application", async () => {
    const azure = new PlayedAzure(() => NOW);
    const credentials = await (await connect(azure)).credentials?.();
    expect(credentials).toEqual({ token: "entra-token-1", expiresAt: NOW + HOUR });
    expect(azure.scopes).toEqual(["6dae42f8-4368-4678-94ff-3960e28e3630/.default"]);
  });

  it.each(["public", "private"] as const)("asks for the %s name of the server", async (endpoint) => {
    const azure = new PlayedAzure();
    await connect(azure, { endpoint });
    expect(azure.asked).toMatchObject([{ serverFqdn: endpoint }]);
  });

  it.each([
    ["public", "https://management.azure.com", "https://login.microsoftonline.com"],
    ["china", "https://management.chinacloudapi.cn", "https://login.chinacloudapi.cn"],
    ["us-government", "https://management.usgovcloudapi.net", "https://login.microsoftonline.us"],
  ] as const)("asks the %s cloud", async (cloud, endpoint, authority) => {
    const azure = new PlayedAzure();
    await connect(azure, { cloud });
    expect(azure.places).toMatchObject([{ endpoint, subscription: OPTIONS.subscription }]);
    expect(azure.choices).toMatchObject([{ authority, listed: true, credential: "default" }]);
  });

  it("asks the addresses of a cloud of one's own, which Microsoft does not list", async () => {
    const azure = new PlayedAzure();
    const env = { AZURE_AUTHORITY_HOST: "https://login.stack.example/", AZURE_TENANT_ID: "acme" };
    await connect(azure, { resourceManager: "https://management.stack.example/" }, { env });
    expect(azure.places).toMatchObject([{ endpoint: "https://management.stack.example" }]);
    expect(azure.choices).toMatchObject([
      { authority: "https://login.stack.example", listed: false, tenant: "acme" },
    ]);
  });

  it("takes empty variables for ones that are not set", async () => {
    const azure = new PlayedAzure();
    await connect(azure, {}, { env: { AZURE_AUTHORITY_HOST: "", AZURE_TENANT_ID: "" } });
    expect(azure.choices).toMatchObject([
      { authority: "https://login.microsoftonline.com", listed: true, tenant: undefined },
    ]);
  });

  it("renews a token when Entra ID asks for it, long before it ends", async () => {
    let now = NOW;
    const azure = new PlayedAzure(() => now);
    azure.refreshAfter = HOUR / 2;
    const { credentials } = await connect(azure, {}, { now: () => now });
    await credentials?.();
    now += HOUR / 2 - 1;
    expect(await credentials?.()).toMatchObject({ token: "entra-token-1" });
    now += 1;
    expect(await credentials?.()).toMatchObject({ token: "entra-token-1" });
    await vi.waitFor(async () => expect(await credentials?.()).toMatchObject({ token: "entra-token-2" }));
    expect(await credentials?.()).toMatchObject({ token: "entra-token-2" });
  });

  it("goes on with a token that Entra ID would rather renew and cannot", async () => {
    let now = NOW;
    const azure = new PlayedAzure(() => now);
    azure.refreshAfter = HOUR / 2;
    const { credentials } = await connect(azure, {}, { now: () => now });
    await credentials?.();
    now += HOUR / 2;
    azure.mood = "denying";
    expect(await credentials?.()).toMatchObject({ token: "entra-token-1" });
    const asked = azure.requests;
    await new Promise((resolve) => setImmediate(resolve));
    await credentials?.();
    expect(azure.requests).toBe(asked);
    azure.mood = "well";
    now += HOUR / 2;
    expect(await credentials?.()).toMatchObject({ token: "entra-token-2" });
  });

  it("uses the keys of a cluster with local accounts, and gets them anew when they are refused", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const key = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    const encoded = (text: string): string => Buffer.from(text).toString("base64");
    const azure = new PlayedAzure();
    azure.user = {
      "client-certificate-data": encoded(CERTIFICATE),
      "client-key-data": encoded(key),
      token: "local-token",
    };
    const { credentials } = await connect(azure);
    const certificate = { cert: CERTIFICATE, key };
    const expiresAt = Date.UTC(2126, 9, 30, 4, 20, 45);
    expect(await credentials?.()).toEqual({ token: "local-token", certificate, expiresAt });
    expect(azure.requests).toBe(1);
    const late = await connect(azure);
    azure.user = { token: "rotated" };
    expect(await late.credentials?.({ fresh: true })).toEqual({ token: "rotated" });
    expect(await credentials?.({ fresh: true })).toEqual({ token: "rotated" });
    expect(azure.scopes).toEqual([]);
  });

  it.each([
    ["is no YAML", '{ "token": "hunter2", '],
    ["is empty", ""],
    [
      "names no server",
      JSON.stringify({ clusters: [{ cluster: {} }], users: [{ user: { token: "hunter2" } }] }),
    ],
  ])("says that the kubeconfig %s, and nothing of what is in it", async (_name, text) => {
    const azure = new PlayedAzure();
    azure.text = text;
    const error: unknown = await connect(azure).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "CLOUD_FAILED",
      message: 'Azure gives no usable kubeconfig for AKS cluster "prod" in resource group web',
    });
    expect(inspect(error, { showHidden: true, depth: null })).not.toContain("hunter2");
  });

  it("names the registry that it was told, or none", async () => {
    const named = aksWith(() => Promise.resolve(new PlayedAzure()), {
      ...OPTIONS,
      registry: "acme.azurecr.io",
    });
    expect(await named.registry?.(clusterContext())).toEqual({ prefix: "acme.azurecr.io" });
    const other = aksWith(() => Promise.resolve(new PlayedAzure()), OPTIONS);
    expect(await other.registry?.(clusterContext())).toBeUndefined();
  });

  it.each([
    ["CredentialUnavailableError", {}, "CLUSTER_DENIED", "az login"],
    ["AggregateAuthenticationError", {}, "CLUSTER_DENIED", "az login"],
    ["AuthenticationError", { statusCode: 401 }, "CLUSTER_DENIED", "another tenant"],
    [
      "RestError",
      { statusCode: 401, code: "InvalidAuthenticationToken" },
      "CLUSTER_DENIED",
      "another tenant",
    ],
    ["RestError", { statusCode: 403 }, "CLUSTER_DENIED", "Cluster User Role"],
    ["RestError", { statusCode: "404", code: "ResourceGroupNotFound" }, "CLOUD_FAILED", "az aks list"],
    ["RestError", { statusCode: 429 }, "CLOUD_FAILED", "Try again later"],
    ["AuthenticationError", { statusCode: 429 }, "CLOUD_FAILED", "Try again later"],
    ["RestError", { code: "ENOTFOUND" }, "CLOUD_FAILED", "resourceManager"],
    ["RestError", { statusCode: 500 }, "CLOUD_FAILED", "Azure portal"],
  ])("answers for %s %j", async (name, fields, code, hint) => {
    const azure = new PlayedAzure();
    azure.error = sdkError(name, "the reason\nAuthorization: Bearer hunter2", fields);
    const error: unknown = await connect(azure).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining('AKS cluster "prod" in resource group web') as string,
      hint: expect.stringContaining(hint) as string,
    });
    expect(inspect(error, { showHidden: true, depth: null })).not.toContain("hunter2");
  });
});

import { describe, expect, it } from "vitest";
import { aks, type AksOptions } from "../../../../src/providers/aks/index.ts";

const OPTIONS: AksOptions = {
  subscription: "00000000-1111-2222-3333-444444444444",
  resourceGroup: "web",
  cluster: "prod",
};

describe("the options of aks()", () => {
  it("stand in the Plan", () => {
    const clientId = "99999999-8888-7777-6666-555555555555";
    const credential = { managedIdentityClientId: clientId };
    const provider = aks({ ...OPTIONS, credential, endpoint: "private", registry: "acme.azurecr.io" });
    expect(provider.spec).toEqual({
      ...OPTIONS,
      credential: `managed-identity ${clientId}`,
      endpoint: "private",
      registry: "acme.azurecr.io",
    });
    expect(provider.describe()).toBe('AKS cluster "prod" in resource group web');
    expect(provider.needs.map((need) => need.name)).toEqual([
      "@azure/arm-containerservice",
      "@azure/identity",
    ]);
  });

  it("are all looked at before any is complained of", () => {
    const wrong = {
      subscription: "acme",
      resourceGroup: "web.",
      cluster: "",
      credential: "password",
      tenant: "-",
      endpoint: "dns",
      cloud: "mars",
      resourceManager: "http://user:pass@stack",
      registry: "https://ci:hunter2@acme.azurecr.io",
      region: "westeurope",
    } as unknown as AksOptions;
    expect(() => aks(wrong)).toThrow(
      expect.objectContaining({
        code: "DEFINITION_INVALID",
        message: [
          "aks(): there is no option region, only subscription, resourceGroup, cluster, credential, tenant, endpoint, cloud, resourceManager, registry",
          'subscription must be the subscription\'s id, a UUID, not "acme"',
          'resourceGroup must be 1 to 90 letters, digits or _().-, not "web."',
          'cluster must be 1 to 63 letters, digits, _ or -, not ""',
          "credential must be one of default, environment, cli, managed-identity, workload-identity, or { managedIdentityClientId } with a UUID",
          'tenant must be an id or a domain, not "-"',
          'endpoint must be one of auto, public, private, not "dns"',
          'cloud must be one of public, china, us-government, not "mars"',
          'resourceManager must be an https address without a name, a password or a query, not "http://***@stack"',
          'registry must be like acme.azurecr.io, not "https://***@acme.azurecr.io"',
        ].join("; "),
      }),
    );
  });

  it.each([undefined, null, "prod"])("must be an object, not %s", (options) => {
    expect(() => aks(options as unknown as AksOptions)).toThrow("aks(): the options must be an object");
  });

  it("may not give a tenant to a managed identity, which has one", () => {
    expect(() => aks({ ...OPTIONS, credential: "managed-identity", tenant: "acme.example" })).toThrow(
      "leave tenant out",
    );
  });

  it.each([
    {},
    { managedIdentityClientId: "me" },
    { managedIdentityClientId: OPTIONS.subscription, secret: "s" },
    null,
  ])("refuse the credential %j", (credential) => {
    expect(() => aks({ ...OPTIONS, credential } as unknown as AksOptions)).toThrow(
      "credential must be one of",
    );
  });
});

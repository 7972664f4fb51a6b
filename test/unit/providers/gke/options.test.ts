import { describe, expect, it } from "vitest";
import { gke, type GkeOptions } from "../../../../src/providers/gke/index.ts";

const OPTIONS: GkeOptions = { project: "acme-web", location: "europe-west1", cluster: "prod" };

describe("the options of gke()", () => {
  it("stand in the Plan", () => {
    const options: GkeOptions = {
      ...OPTIONS,
      endpoint: "dns",
      keyFile: "ci.json",
      impersonate: "deployer@acme-web.iam.gserviceaccount.com",
    };
    const provider = gke(options);
    expect(provider.spec).toEqual(options);
    expect(provider.describe()).toBe('GKE cluster "prod" in europe-west1 of project acme-web');
    expect(provider.needs.map((need) => need.name)).toEqual([
      "@google-cloud/container",
      "google-auth-library",
    ]);
  });

  it("are all looked at before any is complained of", () => {
    const wrong = {
      project: "A",
      location: "Europe",
      cluster: "Prod",
      endpoint: "vpn",
      keyFile: '{"private_key":"SECRET"}',
      impersonate: "deployer",
      registry: "https://x",
      region: "europe-west1",
    } as unknown as GkeOptions;
    expect(() => gke(wrong)).toThrow(
      expect.objectContaining({
        code: "DEFINITION_INVALID",
        message: [
          "gke(): there is no option region, only project, location, cluster, endpoint, keyFile, impersonate, registry",
          'project must be the project\'s id, 6 to 30 letters, digits or -, not "A"',
          'location must be a region or a zone, such as europe-west1, not "Europe"',
          'cluster must be 1 to 40 lower-case letters, digits or -, not "Prod"',
          'endpoint must be one of auto, public, private, dns, not "vpn"',
          "keyFile must be the path of a file",
          'impersonate must be a service account\'s address, not "deployer"',
          'registry must be like europe-west1-docker.pkg.dev/acme-web, not "https://x"',
        ].join("; "),
      }),
    );
  });

  it.each([undefined, null, "prod"])("must be an object, not %s", (options) => {
    expect(() => gke(options as unknown as GkeOptions)).toThrow("gke(): the options must be an object");
  });

  it.each(["us-central1", "europe-west1-b", "asia-northeast3", "northamerica-northeast1-a", "me-central2"])(
    "take the location %s",
    (location) => {
      expect(gke({ ...OPTIONS, location }).spec).toMatchObject({ location });
    },
  );
});

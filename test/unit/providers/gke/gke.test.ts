import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { ClusterContext } from "../../../../src/ports/index.ts";
import { gkeWith } from "../../../../src/providers/gke/gke.ts";
import type { GkeOptions } from "../../../../src/providers/gke/index.ts";
import { clusterContext } from "../../../fixtures/clouds/context.ts";
import { CERTIFICATE, sdkError } from "../../../fixtures/clouds/played-cloud.ts";
import { PlayedGoogle } from "../../../fixtures/clouds/played-google.ts";

const NOW = Date.UTC(2026, 4, 1, 12);
const HOUR = 3_600_000;
const OPTIONS: GkeOptions = { project: "acme-web", location: "europe-west1", cluster: "prod" };
const WHAT = 'GKE cluster "prod" in europe-west1 of project acme-web';

function connect(
  google: PlayedGoogle,
  options: Partial<GkeOptions> = {},
  context: Partial<ClusterContext> = {},
) {
  const provider = gkeWith(() => Promise.resolve(google), { ...OPTIONS, ...options });
  return provider.connect(clusterContext({ now: () => NOW, ...context }));
}

describe("gke", () => {
  it("asks GKE for the cluster, and takes its endpoint and authority", async () => {
    const google = new PlayedGoogle();
    const connection = await connect(google);
    expect(connection).toMatchObject({ server: "https://203.0.113.7", ca: CERTIFICATE });
    expect(google.names).toEqual(["projects/acme-web/locations/europe-west1/clusters/prod"]);
    expect(google.endpoints).toEqual([undefined]);
    expect(google.closed).toBe(1);
  });

  it.each(["http://127.0.0.1:9/", "http://127.0.0.1:9"])(
    "asks the address %s that gcloud is told",
    async (address) => {
      const google = new PlayedGoogle();
      await connect(google, {}, { env: { CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER: address } });
      expect(google.endpoints).toEqual(["http://127.0.0.1:9"]);
    },
  );

  it("takes empty variables for ones that are not set", async () => {
    const google = new PlayedGoogle();
    const env = {
      GOOGLE_APPLICATION_CREDENTIALS: "",
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER: "",
      CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS: "",
    };
    await connect(google, {}, { env });
    expect(google.endpoints).toEqual([undefined]);
    expect(google.choices).toMatchObject([{ keyFile: undefined, iamCredentials: undefined }]);
  });

  it("asks with both scopes, the file of credentials from the pipeline's folder and the account to act as", async () => {
    const google = new PlayedGoogle();
    const env = { GOOGLE_APPLICATION_CREDENTIALS: "/etc/adc.json" };
    await connect(google, { keyFile: "keys/ci.json", impersonate: "deployer@acme.example" }, { env });
    await connect(google, {}, { env });
    expect(google.choices).toMatchObject([
      {
        keyFile: "/project/keys/ci.json",
        impersonate: "deployer@acme.example",
        scopes: [
          "https://www.googleapis.com/auth/cloud-platform",
          "https://www.googleapis.com/auth/userinfo.email",
        ],
      },
      { keyFile: "/etc/adc.json", impersonate: undefined },
    ]);
  });

  it("begins with the token that the cluster was asked with, unless that is almost over", async () => {
    let now = NOW;
    const google = new PlayedGoogle(() => now);
    const { credentials } = await connect(google, {}, { now: () => now });
    expect(await credentials?.()).toEqual({ token: "google-token-1", expiresAt: NOW + HOUR });
    const late = await connect(google, {}, { now: () => now });
    now += HOUR - 30_000;
    expect(await late.credentials?.()).toMatchObject({ token: "google-token-3" });
  });

  it("does not begin with that token when it is told that it is refused", async () => {
    const { credentials } = await connect(new PlayedGoogle(() => NOW));
    expect(await credentials?.({ fresh: true })).toMatchObject({ token: "google-token-2" });
  });

  it("keeps a token whose end is not known until it is refused", async () => {
    let now = NOW;
    const google = new PlayedGoogle(() => now);
    google.expires = false;
    const { credentials } = await connect(google, {}, { now: () => now });
    expect(await credentials?.()).toEqual({ token: "google-token-1" });
    now += 24 * HOUR;
    expect(await credentials?.()).toEqual({ token: "google-token-1" });
    expect(await credentials?.({ fresh: true })).toEqual({ token: "google-token-2" });
  });

  it.each([
    [{ location: "europe-west1" }, "europe-west1-docker.pkg.dev/acme-web"],
    [{ location: "europe-west1-b" }, "europe-west1-docker.pkg.dev/acme-web"],
    [{ project: "example.com:web-prod" }, "europe-west1-docker.pkg.dev/example.com/web-prod"],
    [{ registry: "eu-docker.pkg.dev/shared" }, "eu-docker.pkg.dev/shared"],
  ])("names a registry for %j", async (options, prefix) => {
    const provider = gkeWith(() => Promise.resolve(new PlayedGoogle()), { ...OPTIONS, ...options });
    expect(await provider.registry?.(clusterContext())).toEqual({ prefix });
  });

  it.each([
    [{ status: 403, message: "Permission denied" }, "CLUSTER_DENIED", "roles/container"],
    [
      { status: 403, message: "Kubernetes Engine API has not been used in project" },
      "CLUSTER_DENIED",
      "services enable",
    ],
    [{ status: 401, message: "Unauthenticated" }, "CLUSTER_DENIED", "roles/container"],
    [{ status: 404, message: "Not found" }, "CLOUD_FAILED", "a zone is not its region"],
    [{ status: 429, message: "Quota" }, "CLOUD_FAILED", "Try again later"],
    [{ status: 500, message: "Oops" }, "CLOUD_FAILED", "console"],
    [{ code: "ENOTFOUND", message: "getaddrinfo" }, "CLOUD_FAILED", "HTTPS_PROXY"],
  ])("answers for %j of GKE", async ({ message, ...fields }, code, hint) => {
    const google = new PlayedGoogle();
    google.error = sdkError("GaxiosError", `${message}\nBearer hunter2`, fields);
    const error: unknown = await connect(google).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining(WHAT) as string,
      hint: expect.stringContaining(hint) as string,
    });
    expect(inspect(error, { showHidden: true, depth: null })).not.toContain("hunter2");
  });

  it.each([
    [{}, "Could not load the default credentials.", "CLUSTER_DENIED", "application-default login"],
    [{ status: 400 }, "invalid_grant", "CLUSTER_DENIED", "application-default login"],
    [{ status: 404 }, "unable to impersonate", "CLUSTER_DENIED", "serviceAccountTokenCreator"],
    [{ status: 429 }, "Quota", "CLOUD_FAILED", "Try again later"],
    [{ code: "ECONNREFUSED" }, "refused", "CLOUD_FAILED", "HTTPS_PROXY"],
  ])("answers for %j on the way to a token", async (fields, message, code, hint) => {
    const google = new PlayedGoogle();
    google.tokenError = sdkError("GaxiosError", message, fields);
    await expect(connect(google)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(WHAT) as string,
      hint: expect.stringContaining(hint) as string,
    });
    expect(google.names).toEqual([]);
  });

  it("shows nothing of a file of credentials that is not JSON", async () => {
    const google = new PlayedGoogle();
    google.identity = () =>
      Promise.reject(new SyntaxError(`Unexpected token 'h', "hunter2 key" is not valid JSON`));
    const refused = connect(google, { keyFile: "key.json" }).catch((error: unknown) => error);
    expect(await refused).toMatchObject({
      code: "CLUSTER_DENIED",
      message: `Google gives no access token for ${WHAT}: the file of credentials is not JSON`,
    });
    expect(inspect(await refused)).not.toContain("hunter2");
  });
});

import { loadOptional } from "../_shared/index.ts";
import { backOff, type RetriedFault } from "./retry.ts";
import type { GoogleIdentity, GoogleSdk, IdentityChoice } from "./sdk.ts";

/** Times that a throttled or failed request is sent again. */
const RETRIES = 4;

type Library = typeof import("google-auth-library");

/** Loads the library. @throws SluiceError `DEPENDENCY_MISSING` */
export async function loadGoogleSdk(): Promise<GoogleSdk> {
  const library = await loadOptional("google-auth-library", () => import("google-auth-library"), "gke()");
  return { identity: (choice) => identity(library, choice) };
}

async function identity(
  { GoogleAuth, Impersonated }: Library,
  { keyFile, impersonate, iamCredentials, scopes, signal }: IdentityChoice,
): Promise<GoogleIdentity> {
  const retryBackoff = (error: RetriedFault, delay: number): Promise<void> => backOff(error, delay, signal);
  const transporterOptions = { retryConfig: { retry: RETRIES, retryBackoff } };
  const auth = new GoogleAuth({
    ...(keyFile === undefined ? {} : { keyFilename: keyFile }),
    scopes: [...scopes],
    clientOptions: { transporterOptions },
  });
  const source = await auth.getClient();
  obeyRetryAfter(source);
  const client =
    impersonate === undefined
      ? source
      : new Impersonated({
          sourceClient: source,
          targetPrincipal: impersonate,
          targetScopes: [...scopes],
          ...(iamCredentials === undefined ? {} : { endpoint: iamCredentials }),
          transporterOptions,
        });
  return {
    token: async () => {
      const { token } = await client.getAccessToken();
      if (token === null || token === undefined) throw new Error("Google gives no access token");
      const { expiry_date: expiresAt } = client.credentials;
      return { token, ...(typeof expiresAt === "number" ? { expiresAt } : {}) };
    },
    get: async (url, aborted) => {
      const request = {
        url,
        signal: aborted,
        timeout: 20_000,
        retry: true,
        retryConfig: { retry: RETRIES, retryBackoff },
      };
      const { data } = await client.request<unknown>({ ...request, responseType: "json" });
      return data;
    },
  };
}

/** The exchange of a federated token goes through a transporter of its own, which knows nothing of `Retry-After`. */
function obeyRetryAfter(client: { readonly transporter: unknown }): void {
  const { stsCredential } = client as { stsCredential?: { transporter?: unknown } };
  if (stsCredential?.transporter !== undefined) stsCredential.transporter = client.transporter;
}

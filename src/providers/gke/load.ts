import { loadOptional } from "../_shared/index.ts";
import { backOff, type RetriedFault } from "./retry.ts";
import type { ApiPlace, ClusterManager, GoogleIdentity, GoogleSdk, IdentityChoice } from "./sdk.ts";

/** Times that a throttled or failed request is sent again. */
const RETRIES = 4;

type Library = typeof import("google-auth-library");
type Container = typeof import("@google-cloud/container");

/** Loads the libraries. @throws SluiceError `DEPENDENCY_MISSING` */
export async function loadGoogleSdk(): Promise<GoogleSdk> {
  const [library, container] = await Promise.all([
    loadOptional("google-auth-library", () => import("google-auth-library"), "gke()"),
    loadOptional("@google-cloud/container", () => import("@google-cloud/container"), "gke()"),
  ]);
  return {
    identity: (choice) => identity(library, choice),
    clusters: (who, place) => clusters(container, who, place),
  };
}

/**
 * The client by REST, which proxies let pass. Its requests are sent by the identity: on its own, the client uses a
 * connection that knows no proxy, repeats nothing that was throttled, and takes a host without a path.
 */
function clusters(
  { ClusterManagerClient }: Container,
  who: GoogleIdentity,
  { endpoint, signal }: ApiPlace,
): ClusterManager {
  const auth = {
    getRequestHeaders: () => Promise.resolve(new Headers()),
    fetch: async (address: string, { headers }: { headers: Headers }): Promise<Response> => {
      const { origin, pathname, search } = new URL(address);
      return Response.json(await who.get(`${endpoint ?? origin}${pathname}${search}`, headers, signal));
    },
  };
  return new ClusterManagerClient({ fallback: true, auth: auth as never });
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
    get: async (url, headers, aborted) => {
      const request = {
        url,
        headers,
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

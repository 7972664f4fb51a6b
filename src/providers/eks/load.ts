import { noProxyFor, proxyOf } from "../../util/http/proxy.ts";
import { TunnelAgent } from "../../util/http/tunnel-agent.ts";
import { loadOptional } from "../_shared/index.ts";
import type { AwsCredentials } from "./options.ts";
import type { AwsSdk, CredentialChoice, EksClient, EksClientConfig, PresignRequest } from "./sdk.ts";
import { Sha256 } from "./sha256.ts";

/** Attempts at one request. The SDK's pauses between them obey `Retry-After`. */
const ATTEMPTS = 5;

type Eks = typeof import("@aws-sdk/client-eks");
type Providers = typeof import("@aws-sdk/credential-providers");
type Signature = typeof import("@smithy/signature-v4");

/** Loads the SDK's packages. @throws SluiceError `DEPENDENCY_MISSING` */
export async function loadAwsSdk(): Promise<AwsSdk> {
  const [eks, providers, signature] = await Promise.all([
    loadOptional("@aws-sdk/client-eks", () => import("@aws-sdk/client-eks"), "eks()"),
    loadOptional("@aws-sdk/credential-providers", () => import("@aws-sdk/credential-providers"), "eks()"),
    loadOptional("@smithy/signature-v4", () => import("@smithy/signature-v4"), "eks()"),
  ]);
  return {
    credentials: (choice) => credentials(providers, choice),
    client: (config) => client(eks, config),
    presign: (request) => presign(signature, request),
  };
}

async function credentials(providers: Providers, choice: CredentialChoice): Promise<AwsCredentials> {
  const { profile, given, assumeRole, region, endpoint, env } = choice;
  const regional = region === undefined ? {} : { region };
  const named = profile === undefined ? {} : { profile };
  const sending = {
    ...named,
    maxAttempts: ATTEMPTS,
    requestHandler: requestHandler(endpoint ?? `https://sts.${region ?? "us-east-1"}.amazonaws.com`, env),
  };
  const base =
    given === undefined
      ? providers.fromNodeProviderChain({
          ...named,
          // To IAM Identity Center too, which has a region of its own, and whose access token STS must never see.
          clientConfig: sending,
          parentClientConfig: { ...named, ...regional },
        })
      : typeof given === "function"
        ? given
        : () => Promise.resolve(given);
  if (assumeRole === undefined) return await base();
  const { arn, externalId, sessionName = "sluice" } = assumeRole;
  const role = providers.fromTemporaryCredentials({
    masterCredentials: base,
    params: {
      RoleArn: arn,
      RoleSessionName: sessionName,
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    },
    clientConfig: { ...sending, ...regional, ...(endpoint === undefined ? {} : { endpoint }) },
  });
  return await role();
}

function client(eks: Eks, config: EksClientConfig): EksClient {
  const { region, profile, endpoint, env } = config;
  const api = new eks.EKS({
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
    credentials: config.credentials,
    maxAttempts: ATTEMPTS,
    requestHandler: requestHandler(endpoint ?? `https://eks.${region ?? "us-east-1"}.amazonaws.com`, env),
  });
  let serverDate: number | undefined;
  api.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = (result.response ?? {}) as { headers?: Record<string, string> };
      const date = Date.parse(headers?.["date"] ?? "");
      if (!Number.isNaN(date)) serverDate = date;
      return result;
    },
    { step: "deserialize", priority: "low", name: "sluiceServerDate", override: true },
  );
  return {
    region: () => api.config.region(),
    describeCluster: async (name, signal) =>
      (await api.describeCluster({ name }, { abortSignal: signal })).cluster,
    dnsSuffix: (inRegion) => {
      const { url } = api.config.endpointProvider({ Region: inRegion });
      return url.hostname.slice(`eks.${inRegion}.`.length);
    },
    get serverDate() {
      return serverDate;
    },
    close: () => api.destroy(),
  };
}

/** The SDK itself knows no `HTTPS_PROXY`. */
function requestHandler(address: string, env: EksClientConfig["env"]): object {
  const url = new URL(address);
  const proxy = noProxyFor(url, env) ? undefined : proxyOf(url, env);
  const tunnel = proxy !== undefined && url.protocol === "https:";
  return {
    connectionTimeout: 5_000,
    requestTimeout: 20_000,
    ...(tunnel ? { httpsAgent: new TunnelAgent(proxy, {}) } : {}),
  };
}

async function presign(
  { SignatureV4 }: Signature,
  { credentials: keys, region, service, host, headers, query, date, expiresIn }: PresignRequest,
): Promise<Readonly<Record<string, string>>> {
  const signer = new SignatureV4({ credentials: keys, region, service, sha256: Sha256 });
  const request = { method: "GET", protocol: "https:", hostname: host, path: "/", query, headers };
  const signed = await signer.presign(
    { ...request, query: { ...query }, headers: { ...headers } },
    { signingDate: date, expiresIn },
  );
  return signed.query as Record<string, string>;
}

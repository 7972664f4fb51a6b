import type { S3Options } from "../options.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Tries of one request. With the SDK's backoff (up to 20 s between two) they outlast the restart of a server. */
const ATTEMPTS = 10;

/** What the SDK's client is made with. What is not given here it finds out by itself. */
export function clientConfig(options: S3Options, env: Env): Record<string, unknown> {
  const credentials = options.credentials ?? (env === process.env ? undefined : credentialsFrom(env));
  const region = options.region ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  const endpoint = options.endpoint ?? env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"];
  return {
    // Servers that are not Amazon's mostly do not care, but a request cannot be signed without one.
    ...(region === undefined ? (endpoint === undefined ? {} : { region: "us-east-1" }) : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(options.forcePathStyle === undefined ? {} : { forcePathStyle: options.forcePathStyle }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 20_000 },
    // Checksums in trailers are refused by many servers; what is kept is checked by digests of our own.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  };
}

/** The SDK looks into `process.env` alone; who runs a pipeline with another environment means that one. */
function credentialsFrom(env: Env): S3Options["credentials"] {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const sessionToken = env["AWS_SESSION_TOKEN"];
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

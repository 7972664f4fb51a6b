import type { ClusterCredentials } from "../../ports/index.ts";
import type { AwsCredentials } from "./options.ts";
import type { AwsSdk } from "./sdk.ts";

/** How long the server takes a token, counted from its date; a minute is kept for clocks that differ. */
const LIFETIME = 14 * 60_000;

export interface TokenRequest {
  readonly cluster: string;
  readonly region: string;
  readonly dnsSuffix: string;
  readonly credentials: AwsCredentials;
  /** Milliseconds since 1970, by the clock of this machine. */
  readonly now: number;
  /** What AWS's clock is ahead of that, in milliseconds. */
  readonly skew: number;
}

/**
 * A token for an EKS cluster: a presigned `GetCallerIdentity` that the server will send to STS. Source of the form:
 * aws-iam-authenticator. The host is that of the region whatever `AWS_ENDPOINT_URL_STS` says, because the server asks no other.
 */
export async function eksToken(sdk: AwsSdk, request: TokenRequest): Promise<ClusterCredentials> {
  const { cluster, region, credentials, now, skew } = request;
  const host = `sts.${region}.${request.dnsSuffix}`;
  const query = await sdk.presign({
    credentials,
    region,
    service: "sts",
    host,
    headers: { host, "x-k8s-aws-id": cluster },
    query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
    date: new Date(now + skew),
    expiresIn: 60,
  });
  const text = Object.entries(query)
    .map(([name, value]) => `${strict(name)}=${strict(value)}`)
    .join("&");
  const token = `k8s-aws-v1.${Buffer.from(`https://${host}/?${text}`).toString("base64url")}`;
  const ends = credentials.expiration === undefined ? Infinity : credentials.expiration.getTime() - skew;
  return { token, expiresAt: Math.min(now + LIFETIME, ends) };
}

/** Percent-encoded as RFC 3986 has it, which the signature is made over. */
function strict(text: string): string {
  const encode = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, encode);
}

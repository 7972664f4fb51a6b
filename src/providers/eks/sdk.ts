import type { ClusterContext } from "../../ports/index.ts";
import type { AssumeRole, AwsCredentials } from "./options.ts";

/** The part of the AWS SDK that the provider calls. Nothing of it appears in a type here, and tests play it. */
export interface AwsSdk {
  /** Whose keys are used. Each call looks again. */
  credentials(choice: CredentialChoice): Promise<AwsCredentials>;
  client(config: EksClientConfig): EksClient;
  /** A request of which all, its headers included, is signed into its query parameters. */
  presign(request: PresignRequest): Promise<Readonly<Record<string, string>>>;
}

export interface CredentialChoice {
  readonly profile: string | undefined;
  readonly given: AwsCredentials | (() => Promise<AwsCredentials>) | undefined;
  readonly assumeRole: AssumeRole | undefined;
  readonly region: string | undefined;
  /** Of STS, where it is not Amazon's own. */
  readonly endpoint: string | undefined;
  /** Names the proxy on the way. */
  readonly env: ClusterContext["env"];
}

export interface EksClientConfig {
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly endpoint: string | undefined;
  readonly credentials: AwsCredentials;
  /** Names the proxy on the way. */
  readonly env: ClusterContext["env"];
}

export interface EksClient {
  /** The region that is asked. Rejects where none is known. */
  region(): Promise<string>;
  describeCluster(name: string, signal: AbortSignal): Promise<EksCluster | undefined>;
  /** What the hosts of the region's partition end with, for example `amazonaws.com.cn`. */
  dnsSuffix(region: string): string;
  /** The `Date` of the last answer, in milliseconds since 1970. */
  readonly serverDate: number | undefined;
  close(): void;
}

/** Of an answer to `DescribeCluster`. */
export interface EksCluster {
  readonly arn?: string | undefined;
  readonly status?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly certificateAuthority?: { readonly data?: string | undefined } | undefined;
}

export interface PresignRequest {
  readonly credentials: AwsCredentials;
  readonly region: string;
  readonly service: string;
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly date: Date;
  /** Seconds. */
  readonly expiresIn: number;
}

import type {
  ClusterConnection,
  ClusterContext,
  ClusterNeed,
  ClusterProvider,
  ClusterRegistry,
} from "../../ports/index.ts";
import { cachedCredentials, untilAborted, variable } from "../_shared/index.ts";
import { awsFault } from "./faults.ts";
import { findCluster, type FoundCluster } from "./find-cluster.ts";
import { loadAwsSdk } from "./load.ts";
import { eksSpec, type AwsCredentials, type EksOptions } from "./options.ts";
import type { AwsSdk, CredentialChoice, EksClient } from "./sdk.ts";
import { eksToken } from "./token.ts";

/** Keys that end within this many milliseconds are got anew before a token is made with them. */
const ALMOST_OVER = 60_000;

/**
 * An Amazon EKS cluster. It is looked up in the first call that needs it; its API server is then reached at its one
 * endpoint, which inside of the cluster's network is the private one where it has that. Honours `AWS_REGION`,
 * `AWS_PROFILE`, `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_EKS`, `AWS_ENDPOINT_URL_STS`, `HTTPS_PROXY` and `NO_PROXY`.
 *
 * Needs `@aws-sdk/client-eks`, `@aws-sdk/credential-providers` and `@smithy/signature-v4`.
 *
 * @param beside names of options that are given beside these, and read by somebody else: one may have been meant
 * @throws SluiceError `DEFINITION_INVALID` for options that cannot be right
 */
export function eks(options: EksOptions, beside?: readonly string[]): ClusterProvider {
  return eksWith(loadAwsSdk, options, beside);
}

/** {@link eks} over any SDK. */
export function eksWith(
  load: () => Promise<AwsSdk>,
  options: EksOptions,
  beside?: readonly string[],
): ClusterProvider {
  return new EksProvider(load, options, beside);
}

class EksProvider implements ClusterProvider {
  readonly kind = "eks";
  readonly name: string;
  readonly needs: readonly ClusterNeed[] = NEEDS;

  readonly spec: ClusterProvider["spec"];
  readonly #load: () => Promise<AwsSdk>;
  readonly #options: EksOptions;

  constructor(load: () => Promise<AwsSdk>, options: EksOptions, beside?: readonly string[]) {
    this.spec = eksSpec(options, beside);
    this.name = options.cluster;
    this.#load = load;
    this.#options = options;
  }

  describe(): string {
    const { cluster, region } = this.#options;
    return `EKS cluster "${cluster}"${region === undefined ? "" : ` in ${region}`}`;
  }

  async connect(context: ClusterContext): Promise<ClusterConnection> {
    const { sdk, cluster, credentials } = await this.#find(context);
    let first: AwsCredentials | undefined = credentials;
    const token = cachedCredentials(
      async ({ fresh }) => {
        const held = fresh ? undefined : first;
        first = undefined;
        const now = context.now();
        const keys =
          held !== undefined && lasts(held, now + cluster.skew)
            ? held
            : await this.#credentials(sdk, context, cluster.region);
        return await eksToken(sdk, { ...cluster, cluster: this.name, credentials: keys, now: context.now() });
      },
      { now: context.now },
    );
    return { server: cluster.server, ca: cluster.ca, credentials: token };
  }

  async registry(context: ClusterContext): Promise<ClusterRegistry> {
    const { cluster } = await this.#find(context);
    return { prefix: `${cluster.account}.dkr.ecr.${cluster.region}.${cluster.dnsSuffix}` };
  }

  async #find(
    context: ClusterContext,
  ): Promise<{ sdk: AwsSdk; cluster: FoundCluster; credentials: AwsCredentials }> {
    context.signal.throwIfAborted();
    const sdk = await this.#load();
    const { env, signal } = context;
    const region = this.#options.region ?? variable(env, "AWS_REGION", "AWS_DEFAULT_REGION");
    const credentials = await this.#credentials(sdk, context, region);
    let client: EksClient | undefined;
    try {
      client = sdk.client({
        region,
        profile: this.#options.profile ?? variable(env, "AWS_PROFILE"),
        endpoint: variable(env, "AWS_ENDPOINT_URL_EKS", "AWS_ENDPOINT_URL"),
        credentials,
        env,
      });
      const cluster = await untilAborted(findCluster(client, this.name, context), signal);
      return { sdk, cluster, credentials };
    } catch (error) {
      signal.throwIfAborted();
      throw awsFault(error, this.describe(), this.#options.region === undefined ? region : undefined);
    } finally {
      client?.close();
    }
  }

  async #credentials(
    sdk: AwsSdk,
    context: ClusterContext,
    region: string | undefined,
  ): Promise<AwsCredentials> {
    const { env, signal } = context;
    const options = this.#options;
    const choice: CredentialChoice = {
      profile: options.profile ?? variable(env, "AWS_PROFILE"),
      given: options.credentials ?? (options.profile === undefined ? keysFrom(env) : undefined),
      assumeRole: options.assumeRole,
      region,
      endpoint: variable(env, "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"),
      env,
    };
    try {
      return await untilAborted(sdk.credentials(choice), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw awsFault(error, this.describe());
    }
  }
}

const NEEDS: readonly ClusterNeed[] = [
  {
    kind: "package",
    name: "@aws-sdk/client-eks",
    why: "finds the cluster: npm install @aws-sdk/client-eks",
  },
  {
    kind: "package",
    name: "@aws-sdk/credential-providers",
    why: "finds credentials and takes roles on: npm install @aws-sdk/credential-providers",
  },
  {
    kind: "package",
    name: "@smithy/signature-v4",
    why: "signs the cluster's tokens: npm install @smithy/signature-v4",
  },
];

const KEYS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] as const;

/** The SDK looks into `process.env` alone; who runs a pipeline with another environment means that one. */
function keysFrom(env: ClusterContext["env"]): AwsCredentials | undefined {
  const [accessKeyId, secretAccessKey, sessionToken] = KEYS.map((name) => variable(env, name));
  const own = KEYS.every((name) => variable(env, name) === variable(process.env, name));
  if (own || variable(env, "AWS_PROFILE") !== undefined) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function lasts({ expiration }: AwsCredentials, now: number): boolean {
  return expiration === undefined || expiration.getTime() - now > ALMOST_OVER;
}

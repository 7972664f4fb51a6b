import type { JsonObject } from "../../model/index.ts";
import { unknownOptions } from "../../util/unknown-options.ts";
import { fits, not, refuseOptions } from "../_shared/index.ts";

/** Keys of an AWS identity. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When they end; absent where they do not. */
  readonly expiration?: Date;
}

/** The role to take on before anything is asked. */
export interface AssumeRole {
  /** For example `arn:aws:iam::111122223333:role/deployer`. */
  readonly arn: string;
  /** What the role's trust policy may ask for. */
  readonly externalId?: string;
  /** The session's name in CloudTrail. @defaultValue `"sluice"` */
  readonly sessionName?: string;
}

/**
 * Which EKS cluster, and as whom it is reached. On versions of Node that the AWS SDK is about to leave behind it prints a
 * warning; `AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true` in the environment turns it off.
 *
 * @example
 * ```ts
 * eks({
 *   cluster: "prod",
 *   region: "eu-west-1",
 *   assumeRole: { arn: "arn:aws:iam::111122223333:role/deployer" },
 *   namespace: "shop",
 * });
 * ```
 */
export interface EksOptions {
  /** The cluster's name, without its ARN. */
  readonly cluster: string;
  /** @defaultValue `AWS_REGION`, `AWS_DEFAULT_REGION`, or the profile's */
  readonly region?: string;
  /** A profile of the AWS configuration files. @defaultValue `AWS_PROFILE`, or what the SDK's own chain finds */
  readonly profile?: string;
  readonly assumeRole?: AssumeRole;
  /** Keys of one's own, or a function that gets them. @defaultValue the SDK's chain: environment, profile, web identity, the machine's role */
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>);
}

const OPTIONS = [
  "cluster",
  "region",
  "profile",
  "assumeRole",
  "credentials",
] as const satisfies readonly (keyof EksOptions)[];
const ROLE_OPTIONS = ["arn", "externalId", "sessionName"] as const satisfies readonly (keyof AssumeRole)[];

const CLUSTER = /^[0-9a-z][\w-]{0,99}$/i;
const REGION = /^[a-z]{2,}(-[a-z0-9]+)*-\d+$/;
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const SESSION = /^[\w+=,.@-]{2,64}$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;

const HINT =
  'Write it like eks({ cluster: "prod", region: "eu-west-1" }); all but the cluster may be left out.';

/**
 * What stands in the Plan.
 *
 * @param beside names of options that are given beside these, and read by somebody else
 * @throws SluiceError `DEFINITION_INVALID`, with all that is wrong
 */
export function eksSpec(options: EksOptions, beside: readonly string[] = []): JsonObject {
  refuseOptions("eks", [...problemsOf(options, beside)], HINT);
  const { cluster, region, profile, assumeRole } = options;
  return {
    cluster,
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(assumeRole === undefined ? {} : { role: assumeRole.arn }),
  };
}

function* problemsOf(options: EksOptions, beside: readonly string[]): Iterable<string> {
  if (typeof options !== "object" || (options as unknown) === null) {
    yield "the options must be an object";
    return;
  }
  yield* unknownOptions(options, [...OPTIONS, ...beside]);
  const { cluster, region, profile, assumeRole, credentials } = options;
  if (!fits(cluster, CLUSTER)) {
    const arn = typeof cluster === "string" && cluster.startsWith("arn:");
    yield arn
      ? "cluster must be the name alone, not the ARN"
      : `cluster must be 1 to 100 letters, digits, _ or -${not(cluster)}`;
  }
  if (region !== undefined && !fits(region, REGION))
    yield `region must be one such as eu-west-1${not(region)}`;
  if (profile !== undefined && !fits(profile, /^\S(.*\S)?$/)) yield `profile must be a name${not(profile)}`;
  if (assumeRole !== undefined) yield* roleProblems(assumeRole);
  if (credentials === undefined) return;
  if (profile !== undefined) yield "profile and credentials exclude each other";
  if (typeof credentials === "function") return;
  const { accessKeyId, secretAccessKey } = (credentials as AwsCredentials | null) ?? {};
  if (!fits(accessKeyId, /^\w+$/) || !fits(secretAccessKey, /^\S+$/))
    yield "credentials must have accessKeyId and secretAccessKey, or be a function that gets them";
}

function* roleProblems(role: AssumeRole): Iterable<string> {
  if (typeof role !== "object" || (role as unknown) === null) {
    yield "assumeRole must be an object with the role's arn";
    return;
  }
  yield* unknownOptions(role, ROLE_OPTIONS, "assumeRole");
  if (!fits(role.arn, ROLE))
    yield `assumeRole.arn must be like arn:aws:iam::111122223333:role/deployer${not(role.arn)}`;
  if (role.externalId !== undefined && !fits(role.externalId, EXTERNAL_ID))
    yield "assumeRole.externalId must be 2 to 1224 letters, digits or +=,.@:/-_";
  if (role.sessionName !== undefined && !fits(role.sessionName, SESSION))
    yield `assumeRole.sessionName must be 2 to 64 letters, digits or +=,.@-_${not(role.sessionName)}`;
}

import { isSluiceError, SluiceError } from "../../errors/index.ts";
import { firstLine, isNoAnswer } from "../_shared/index.ts";

/** What is read of an error that the SDK throws. The error itself is left behind: it holds the request and what signs it. */
interface AwsFault {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const NOT_ACCEPTED = new Set([
  "UnrecognizedClientException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "ExpiredToken",
  "ExpiredTokenException",
  "RequestExpired",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "IncompleteSignature",
]);
const THROTTLED = new Set(["ThrottlingException", "Throttling", "TooManyRequestsException"]);

/** An error of AWS in words. `what` is the cluster as the provider describes it. */
export function awsFault(error: unknown, what: string, region?: string): SluiceError {
  if (isSluiceError(error)) return error;
  const { name = "Error", code, message = "", $metadata } = (error ?? {}) as AwsFault;
  const status = $metadata?.httpStatusCode;
  const where = region === undefined ? "" : ` in ${region}`;
  if (name === "CredentialsProviderError" || /could not load credentials/i.test(message)) {
    return new SluiceError(
      "CLUSTER_DENIED",
      `no AWS credentials were found for ${what}: ${firstLine(message)}`,
      {
        hint: "Log in (aws sso login), set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, give the machine a role, or give `credentials`.",
      },
    );
  }
  if (/region is missing/i.test(message)) {
    return new SluiceError("CLOUD_FAILED", `no region is known for ${what}`, {
      hint: "Give eks({ region }), or set AWS_REGION.",
    });
  }
  if (name === "ResourceNotFoundException") {
    return new SluiceError("CLOUD_FAILED", `there is no ${what}${where}, as far as these credentials reach`, {
      hint: "Check the cluster's name, its region and the account: aws eks list-clusters --region REGION.",
    });
  }
  if (NOT_ACCEPTED.has(name)) {
    return new SluiceError("CLUSTER_DENIED", `AWS does not accept the credentials for ${what} (${name})`, {
      hint: "They have expired, are wrong, or are of another partition: get new ones, and check this machine's clock.",
    });
  }
  if (status === 401 || status === 403 || name === "AccessDenied" || name === "AccessDeniedException") {
    return new SluiceError("CLUSTER_DENIED", `AWS denies ${what}: ${firstLine(message)} (${name})`, {
      hint: "Allow eks:DescribeCluster on the cluster, and sts:AssumeRole where a role is to be taken on.",
    });
  }
  if (THROTTLED.has(name) || status === 429) {
    return new SluiceError("CLOUD_FAILED", `AWS throttles requests about ${what} (${name})`, {
      hint: "It was asked several times, with the pauses it wished for. Try again later.",
    });
  }
  if (isNoAnswer(code, "TimeoutError") || isNoAnswer(name, "TimeoutError")) {
    return new SluiceError(
      "CLOUD_FAILED",
      `the AWS API does not answer about ${what}${where} (${code ?? name})`,
      {
        hint: "Check the region's name, the network, HTTPS_PROXY and AWS_ENDPOINT_URL.",
      },
    );
  }
  const said = status === undefined ? name : `${name}, status ${status}`;
  return new SluiceError("CLOUD_FAILED", `AWS cannot tell about ${what}: ${firstLine(message)} (${said})`, {
    hint: "Try again; if it stays so, look at the cluster in the AWS console.",
  });
}

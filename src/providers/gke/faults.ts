import { isSluiceError, SluiceError } from "../../errors/index.ts";
import { firstLine, isNoAnswer } from "../_shared/index.ts";

/** What is read of an error that the library throws. The error itself is left behind: it holds the request and its token. */
interface GoogleFault {
  readonly code?: string | number;
  readonly status?: number;
  readonly message?: string;
}

/** An error on the way to an access token. `what` is the cluster as the provider describes it. */
export function identityFault(error: unknown, what: string): SluiceError {
  const passing = passingFault(error, what);
  if (passing !== undefined) return passing;
  const { message = "" } = (error ?? {}) as GoogleFault;
  // A parser's message shows the text, and with it perhaps a key.
  const why = error instanceof SyntaxError ? "the file of credentials is not JSON" : firstLine(message);
  return new SluiceError("CLUSTER_DENIED", `Google gives no access token for ${what}: ${why}`, {
    hint: "Log in (gcloud auth application-default login), set GOOGLE_APPLICATION_CREDENTIALS, or give `keyFile`. To impersonate needs roles/iam.serviceAccountTokenCreator.",
  });
}

/** An error of the GKE API. */
export function gkeFault(error: unknown, what: string): SluiceError {
  const passing = passingFault(error, what);
  if (passing !== undefined) return passing;
  const { status, message = "" } = (error ?? {}) as GoogleFault;
  if (status === 401 || status === 403) {
    const off = /has not been used|is disabled/i.test(message);
    return new SluiceError("CLUSTER_DENIED", `Google denies ${what}: ${firstLine(message)}`, {
      hint: off
        ? "Turn the API on: gcloud services enable container.googleapis.com."
        : "Give the identity roles/container.clusterViewer or roles/container.developer in the project.",
    });
  }
  if (status === 404) {
    return new SluiceError("CLOUD_FAILED", `there is no ${what}: ${firstLine(message)}`, {
      hint: "Check the project, the location (a zone is not its region) and the name: gcloud container clusters list.",
    });
  }
  const said = status === undefined ? "" : ` (status ${status})`;
  return new SluiceError("CLOUD_FAILED", `Google cannot tell about ${what}: ${firstLine(message)}${said}`, {
    hint: "Try again; if it stays so, look at the cluster in the Google Cloud console.",
  });
}

function passingFault(error: unknown, what: string): SluiceError | undefined {
  if (isSluiceError(error)) return error;
  const { code, status } = (error ?? {}) as GoogleFault;
  if (isNoAnswer(code, "TimeoutError")) {
    return new SluiceError("CLOUD_FAILED", `Google does not answer about ${what} (${code ?? ""})`, {
      hint: "Check the network, HTTPS_PROXY and CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER.",
    });
  }
  if (status === 429) {
    return new SluiceError("CLOUD_FAILED", `Google throttles requests about ${what}`, {
      hint: "It was asked several times, with the pauses it wished for. Try again later.",
    });
  }
  return undefined;
}

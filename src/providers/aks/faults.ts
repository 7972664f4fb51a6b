import { isSluiceError, SluiceError } from "../../errors/index.ts";
import { firstLine, isNoAnswer } from "../_shared/index.ts";

/** What is read of an error that the SDK throws. The error itself is left behind: it holds the request and its token. */
interface AzureFault {
  readonly name?: string;
  readonly code?: string;
  readonly statusCode?: number | string;
  readonly message?: string;
}

const NO_IDENTITY = new Set([
  "CredentialUnavailableError",
  "AggregateAuthenticationError",
  "AuthenticationRequiredError",
]);

/** An error of Azure in words. `what` is the cluster as the provider describes it. */
export function azureFault(error: unknown, what: string): SluiceError {
  if (isSluiceError(error)) return error;
  const { name = "Error", code = "", statusCode, message = "" } = (error ?? {}) as AzureFault;
  const status = Number(statusCode ?? 0);
  if (NO_IDENTITY.has(name)) {
    return new SluiceError(
      "CLUSTER_DENIED",
      `no Azure identity was found for ${what}: ${reasonIn(message)}`,
      {
        hint: "Log in (az login), set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or choose another `credential`.",
      },
    );
  }
  if (isNoAnswer(code, "REQUEST_SEND_ERROR")) {
    return new SluiceError("CLOUD_FAILED", `Azure does not answer about ${what} (${code})`, {
      hint: "Check the network, HTTPS_PROXY, and `cloud` or `resourceManager`.",
    });
  }
  if (status === 429) {
    return new SluiceError("CLOUD_FAILED", `Azure throttles requests about ${what}`, {
      hint: "It was asked several times, with the pauses it wished for. Try again later.",
    });
  }
  if (name === "AuthenticationError" || status === 401) {
    return new SluiceError(
      "CLUSTER_DENIED",
      `Azure does not accept the identity for ${what}: ${reasonIn(message)}`,
      {
        hint: "It has expired, is wrong, or is of another tenant: log in again, or check AZURE_TENANT_ID and this machine's clock.",
      },
    );
  }
  if (status === 403) {
    return new SluiceError(
      "CLUSTER_DENIED",
      `Azure denies the credentials of ${what}: ${reasonIn(message)}`,
      {
        hint: 'Give the identity the role "Azure Kubernetes Service Cluster User Role" on the cluster.',
      },
    );
  }
  if (status === 404) {
    return new SluiceError("CLOUD_FAILED", `there is no ${what}, as far as this identity reaches (${code})`, {
      hint: "Check the subscription, the resource group and the name: az aks list --subscription ID --output table.",
    });
  }
  const said = [code, status === 0 ? "" : `status ${status}`].filter((part) => part !== "").join(", ");
  return new SluiceError(
    "CLOUD_FAILED",
    `Azure cannot tell about ${what}: ${reasonIn(message)} (${said || name})`,
    {
      hint: "Try again; if it stays so, look at the cluster in the Azure portal.",
    },
  );
}

/** What Entra ID says, which stands further down; else the first line. */
function reasonIn(message: string): string {
  const [entra] = /AADSTS\d+: [^\n]+/.exec(message) ?? [];
  return entra ?? firstLine(message);
}

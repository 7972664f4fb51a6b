import { networkReason, SluiceError } from "../../errors/index.ts";

/** What is asked of an error that a client throws. */
interface ClientFault {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** Names of the client's own errors for an answer that did not come. */
const NO_ANSWER = new Set(["TimeoutError", "RequestTimeout", "AbortError"]);

export function statusOf(error: unknown): number | undefined {
  return (error as ClientFault | undefined)?.$metadata?.httpStatusCode;
}

/** Whether the error says that there is no such object. */
export function isMissing(error: unknown): boolean {
  // An answer to HEAD has no body, and so no code of the server's.
  const { name } = (error ?? {}) as ClientFault;
  return statusOf(error) === 404 && (name === "NoSuchKey" || name === "NotFound");
}

/**
 * A fault of the storage, said in words. The client's own error is left behind: it holds the request, and with it what
 * signs it.
 */
export function storageFault(
  verb: "read" | "write" | "list" | "delete",
  url: string,
  error: unknown,
): SluiceError {
  const { reason, hint } = explain(error ?? {});
  return new SluiceError("STATE_UNWRITABLE", `cannot ${verb} ${url}: ${reason}`, { path: url, hint });
}

function explain(fault: ClientFault): { reason: string; hint: string } {
  const { name = "Error", code, $metadata } = fault;
  const status = $metadata?.httpStatusCode;
  const id = $metadata?.requestId;
  const message = fault.message === undefined || fault.message === "" ? "" : `: ${fault.message}`;
  const said = [status === undefined ? "" : `status ${status}`, id === undefined ? "" : `request ${id}`]
    .filter((part) => part !== "")
    .join(", ");
  const full = `${name}${message}${said === "" ? "" : ` (${said})`}`;
  if (name === "CredentialsProviderError") {
    return {
      reason: "no credentials were found",
      hint: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile (AWS_PROFILE) or a role, or give `credentials`.",
    };
  }
  if ([code, name].some((said) => NO_ANSWER.has(said ?? "") || networkReason(said) !== undefined)) {
    return {
      reason: `the server does not answer (${code ?? name})`,
      hint: "Check the endpoint and the network, then go on with `resume`.",
    };
  }
  if (name === "NoSuchBucket") {
    return { reason: "there is no such bucket", hint: "Create it, or check its name, region and endpoint." };
  }
  if (status === 403) {
    return {
      reason: full,
      hint: "The credentials must be allowed to get, put, list and delete objects below the prefix.",
    };
  }
  if (name === "PermanentRedirect" || name === "AuthorizationHeaderMalformed" || /[Rr]egion/.test(message)) {
    return { reason: full, hint: "Set the `region` of the bucket." };
  }
  if (status === 501) {
    return {
      reason: full,
      hint: "The server must know conditional writes (If-Match, If-None-Match on PUT).",
    };
  }
  return { reason: full, hint: "Look at the storage, then go on with `resume`." };
}

/** Times that a conditional write is made again because the object has changed meanwhile. */
export const MOST_CHANGES = 50;

/** The error for an object that is always another one when it is to be written, as where etags are altered on the way. */
export function unsettled(url: string): SluiceError {
  return new SluiceError(
    "STATE_UNWRITABLE",
    `cannot write ${url}: it has changed ${MOST_CHANGES} times meanwhile`,
    {
      path: url,
      hint: "Check that nothing between here and the storage alters ETag, If-Match or If-None-Match.",
    },
  );
}

/** The error for an object that is there and makes no sense. */
export function corruptObject(url: string, problem: string, cause?: unknown): SluiceError {
  return new SluiceError("STATE_CORRUPT", `${url} ${problem}`, {
    path: url,
    hint: "Restore the object from a copy (of a bucket with versions, the one before), or start a new run.",
    cause,
  });
}

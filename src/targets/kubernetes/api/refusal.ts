import { ApiFault, type ApiFaultDetails } from "./api-fault.ts";
import type { ConnectionFault } from "./http/connection-fault.ts";
import type { ApiStatus } from "./status.ts";

/** Who was asked for what, for messages. */
export interface AskedFor {
  /** The cluster in words. */
  readonly cluster: string;
  /** The address, without user or path. */
  readonly server: string;
  /** `create Deployment shop/api`. */
  readonly what: string;
  readonly writes: boolean;
}

/** An answer that is no success, as an error. */
export function refusal(answer: ApiStatus, asked: AskedFor): ApiFault {
  const { status, message, causes } = answer;
  const { cluster, server, what } = asked;
  const fault = (code: ApiFault["code"], text: string, hint?: string): ApiFault =>
    new ApiFault(code, text, answer, hint === undefined ? {} : { hint });
  if (status === 401)
    return fault(
      "CLUSTER_DENIED",
      `${cluster} does not take our credentials, not even new ones (${server}: ${message})`,
      "Log in again, and see whether the account is let into the cluster and this machine's clock is right.",
    );
  if (status === 403)
    return fault("CLUSTER_DENIED", `${cluster}: ${deniedText(message)}`, deniedHint(answer));
  const conflicts = causes.filter(({ reason }) => reason === "FieldManagerConflict");
  if (status === 409 && conflicts.length > 0) {
    const fields = conflicts.map(({ field, message: who }) => `${field.replace(/^\./, "")} (${who})`);
    return fault(
      "FIELD_CONFLICT",
      `cannot ${what}, because others own ${fields.length === 1 ? "a field" : "fields"} of it: ${fields.join(", ")}`,
      "Leave the fields out, so that the others keep them, or take them over by force.",
    );
  }
  if (answer.own && (status === 422 || (status === 400 && asked.writes) || MISSHAPEN.test(message)))
    return fault("MANIFEST_INVALID", `cannot ${what}: ${invalidText(message, causes)}`);
  if (status >= 300 && status < 400)
    return fault(
      "CLUSTER_REFUSED",
      `${server} answers with a redirect (${status}), which no API server does`,
      "Is it the API server's address, or that of a page to log in?",
    );
  if (status === 502 || status === 503 || status === 504) return unavailable(answer, asked);
  if (status >= 500 && answer.own)
    return fault(
      "CLUSTER_REFUSED",
      `cannot ${what} in ${cluster}: ${message}`,
      "Try again; if it stays so, look at the API server's own log and its health: kubectl get --raw '/readyz?verbose'.",
    );
  const text = answer.own ? message : `${server} answers with status ${status}: ${message}`;
  return fault("CLUSTER_REFUSED", `cannot ${what}: ${text}`, refusedHint(status));
}

/** An apply that does not fit the kind's schema is answered with 500 by servers before 1.35. */
const MISSHAPEN = /failed to create (?:typed patch object|manager for)/;

/** No answer, and no more time to ask again. */
export function unreachable(fault: ConnectionFault, { cluster, server, what, writes }: AskedFor): ApiFault {
  const details: ApiFaultDetails = { status: 0, reason: "", causes: [], retryAfter: undefined };
  if (fault.kind === "client")
    return new ApiFault("CLUSTER_DENIED", `${cluster} (${server}): ${fault.message}`, details, {
      hint: "Look at the credentials that the kubeconfig or the provider gives.",
      cause: fault,
    });
  const doubt = fault.sent && writes ? `; whether it could ${what} is not known` : "";
  return new ApiFault(
    "CLUSTER_UNREACHABLE",
    `the API server of ${cluster} at ${server} cannot be reached: ${fault.message}${doubt}`,
    details,
    {
      hint:
        fault.kind === "server"
          ? "Check that the address, the cluster's certificate authority and the server name belong to one cluster."
          : "Check the address, the network or VPN, HTTPS_PROXY and NO_PROXY, and whether the cluster is running.",
      cause: fault,
    },
  );
}

function unavailable(answer: ApiStatus, { cluster, server }: AskedFor): ApiFault {
  return new ApiFault(
    "CLUSTER_UNREACHABLE",
    `the API server of ${cluster} at ${server} is not available (status ${answer.status}): ${answer.message}`,
    answer,
    { hint: "Check whether the cluster is running, and try again in a while." },
  );
}

const CANNOT =
  /User "([^"]*)" cannot (\S+) (?:resource|path) "([^"]*)"(?:.*in API group "([^"]*)")?(.*in the namespace "([^"]*)")?/;

/** `… forbidden: User "x" cannot create resource "deployments" in API group "apps" in the namespace "shop"` in short, and as it is. */
function deniedText(message: string): string {
  const [, user, verb, resource, group = "", , namespace] = CANNOT.exec(message) ?? [];
  if (user === undefined || verb === undefined || resource === undefined) return message;
  const kind = group === "" ? resource : `${resource}.${group}`;
  return `${user} may not ${verb} ${kind}${namespace === undefined ? "" : ` in namespace ${namespace}`} (${message})`;
}

function deniedHint({ message, causes }: ApiStatus): string {
  if (CANNOT.test(message))
    return "Have a role with this permission bound to the account; doctor lists all that a deploy needs.";
  if (/exceeded quota/.test(message)) return "Raise the namespace's ResourceQuota, or ask for less.";
  if (/violates PodSecurity/.test(message))
    return "Set the security context that the namespace's Pod Security level asks for.";
  if (causes.some(({ reason }) => reason === "NamespaceTerminating"))
    return "The namespace is being deleted: wait until it is gone, or deploy to another one.";
  return "An admission rule of the cluster refuses it: follow what it says, or have the rule changed.";
}

function invalidText(message: string, causes: ApiStatus["causes"]): string {
  // The message has all fields in one line where it has them; what it leaves out is added.
  const more = causes
    .filter((cause) => !(message.includes(cause.field) && message.includes(cause.message)))
    .map((cause) => `${cause.field}: ${cause.message}`);
  return [message, ...more].join("; ");
}

function refusedHint(status: number): string | undefined {
  if (status === 429) return "The API server asks for fewer requests: try again later.";
  if (status === 413) return "The object is too large for the cluster: 1 to 1.5 MiB is the limit of most.";
  return undefined;
}

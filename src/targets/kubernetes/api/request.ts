import type { ClusterConnection, ClusterCredentials } from "../../../ports/index.ts";
import type { Repeatable } from "./retry.ts";

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its query, from the API server's root. */
  readonly path: string;
  /** In words: `create Deployment shop/api`. */
  readonly what: string;
  readonly again: Repeatable;
  readonly body?: unknown;
  /** @defaultValue `application/json` */
  readonly contentType?: string;
  /** @defaultValue `application/json` */
  readonly accept?: string;
  /** Statuses that are no error here. */
  readonly expected?: readonly number[];
  /** Ends this request; fires with the connection's own, too. @defaultValue the connection's */
  readonly signal?: AbortSignal | undefined;
}

export interface ApiReply {
  readonly status: number;
  readonly text: string;
  /** An attempt before this one may have been done already. */
  readonly doubtful: boolean;
}

export function headersOf(
  { body, contentType = "application/json", accept = "application/json" }: ApiRequest,
  { headers }: ClusterConnection,
  credentials: ClusterCredentials | undefined,
): Record<string, string | string[]> {
  const token = credentials?.token;
  return {
    ...headers,
    Accept: accept,
    "User-Agent": "sluice",
    ...(body === undefined ? {} : { "Content-Type": contentType }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
}

/** What the API server warns of: versions that will go, for example. Source: RFC 7234, section 5.5. */
export function warningsOf(header: string | undefined): readonly string[] {
  return [...(header ?? "").matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, quoted = ""]) =>
    quoted.replace(/\\(.)/g, "$1"),
  );
}

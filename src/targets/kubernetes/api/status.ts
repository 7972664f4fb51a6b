import { at, list, text } from "../readiness/object.ts";
import type { ApiFaultDetails } from "./api-fault.ts";

/** What an answer that is no success says, as far as it says it in the API's own form. */
export interface ApiStatus {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: ApiFaultDetails["causes"];
  /** Milliseconds. */
  readonly retryAfter: number | undefined;
  /** Whether it comes from a Kubernetes API server, rather than from something before it. */
  readonly own: boolean;
}

/** Characters of a foreign answer that are shown. */
const SHOWN = 300;

/**
 * Reads a `Status` object, or what else a load balancer or proxy answers.
 *
 * @param wait milliseconds, as the answer's headers have it
 */
export function statusOf(code: number, body: string, wait?: number): ApiStatus {
  const parsed = parse(body);
  if (text(parsed, "kind") !== "Status") {
    const plain = body
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim();
    const message = plain === "" ? `status ${code}` : plain.slice(0, SHOWN);
    return { status: code, reason: "", message, causes: [], retryAfter: wait, own: false };
  }
  const seconds = at(parsed, "details", "retryAfterSeconds");
  return {
    status: code,
    reason: text(parsed, "reason"),
    message: text(parsed, "message") || text(parsed, "reason") || `status ${code}`,
    causes: list(parsed, "details", "causes").map((cause) => ({
      field: text(cause, "field"),
      reason: text(cause, "reason"),
      message: text(cause, "message"),
    })),
    retryAfter: wait ?? (typeof seconds === "number" && seconds > 0 ? seconds * 1_000 : undefined),
    own: true,
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

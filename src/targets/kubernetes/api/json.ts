import { ApiFault } from "./api-fault.ts";
import type { ApiReply } from "./request.ts";

/** What an answer holds. @throws ApiFault `CLUSTER_REFUSED` where it is no JSON: pages to log in come with 200, too */
export function jsonOf(reply: ApiReply, server: string): unknown {
  try {
    return JSON.parse(reply.text);
  } catch (error) {
    throw new ApiFault(
      "CLUSTER_REFUSED",
      `${server} answers with something that is no JSON`,
      { status: reply.status, reason: "", causes: [], retryAfter: undefined },
      { hint: "Is it the API server's address, or that of a page to log in?", cause: error },
    );
  }
}

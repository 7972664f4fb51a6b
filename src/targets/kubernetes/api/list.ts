import { list, text } from "../readiness/object.ts";
import { withQuery, type Query } from "./address.ts";
import { jsonOf } from "./json.ts";
import type { Sender } from "./send.ts";
import type { KubeObject } from "./types.ts";

/** Objects in one answer. */
const PAGE = 500;

export interface ListedObjects {
  readonly objects: readonly KubeObject[];
  /** Of the list as a whole: a watch goes on from there. */
  readonly version: string;
}

/**
 * All objects at a path as they are now, page by page. No `resourceVersion` is given, so that the API server answers by
 * what is newest: an older list, which `resourceVersionMatch` would allow, may lack what we have just written.
 */
export async function listAll(
  sender: Sender,
  path: string,
  query: Query,
  what: string,
  signal?: AbortSignal,
): Promise<ListedObjects> {
  let limit: number | undefined = PAGE;
  let token: string | undefined;
  let objects: KubeObject[] = [];
  for (;;) {
    const reply = await sender.send({
      method: "GET",
      path: withQuery(path, { ...query, limit, continue: token }),
      what,
      again: "always",
      signal,
      // A list that took too long to be read page by page: from the start, in one.
      expected: token === undefined ? [] : [410],
    });
    if (reply.status === 410) {
      objects = [];
      limit = undefined;
      token = undefined;
      continue;
    }
    const answer = jsonOf(reply, sender.server);
    objects.push(...(list(answer, "items") as KubeObject[]));
    token = text(answer, "metadata", "continue");
    if (token === "") return { objects, version: text(answer, "metadata", "resourceVersion") };
  }
}

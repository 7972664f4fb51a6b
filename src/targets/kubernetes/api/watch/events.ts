import { at, text } from "../../readiness/object.ts";
import type { KubeObject } from "../types.ts";

/** One line of a watch. */
export type WatchEvent =
  | { readonly type: "put" | "remove"; readonly object: KubeObject; readonly version: string }
  | { readonly type: "bookmark"; readonly version: string }
  /** The version to go on from is too old. */
  | { readonly type: "expired" }
  /** The server ends the watch for another reason. */
  | { readonly type: "trouble"; readonly message: string };

export function parseEvent(line: string): WatchEvent {
  const { type, object } = parsed(line);
  const version = text(object, "metadata", "resourceVersion");
  switch (type) {
    case "ADDED":
    case "MODIFIED":
      return { type: "put", object: object as KubeObject, version };
    case "DELETED":
      return { type: "remove", object: object as KubeObject, version };
    case "BOOKMARK":
      return { type: "bookmark", version };
    default:
      return at(object, "code") === 410
        ? { type: "expired" }
        : { type: "trouble", message: text(object, "message") || `an event of the type ${String(type)}` };
  }
}

function parsed(line: string): { readonly type?: string; readonly object?: unknown } {
  try {
    return JSON.parse(line) as { readonly type?: string; readonly object?: unknown };
  } catch {
    return { type: "no JSON" };
  }
}

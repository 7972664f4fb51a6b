import type { NodeLog, RunEvent } from "../../model/index.ts";

/** The version of the form of a {@link JsonEvent}. It changes when a reader written for the old one would misread the new one. */
export const JSON_EVENT_VERSION = 1;

/** What a node printed, as text: bytes that are no UTF-8 stand as U+FFFD. Not split at line ends. */
export interface JsonLog extends Omit<NodeLog, "chunk"> {
  readonly text: string;
}

/** One line of the `json` reporter: an event of the run with the form's version; output as text. */
export type JsonEvent = { readonly v: typeof JSON_EVENT_VERSION } & (Exclude<RunEvent, NodeLog> | JsonLog);

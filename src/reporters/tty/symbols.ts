import type { NodeState } from "../../model/index.ts";
import type { Tone } from "../text/paint.ts";

/** The characters that the view is drawn with; each is one column wide. */
export interface Symbols {
  readonly states: Readonly<Record<NodeState, string>>;
  readonly warning: string;
  readonly full: string;
  readonly empty: string;
  readonly rule: string;
  readonly ellipsis: string;
}

const UNICODE: Symbols = {
  states: {
    pending: "○",
    ready: "◌",
    running: "●",
    succeeded: "✓",
    failed: "✗",
    skipped: "–",
    cancelled: "■",
    suspended: "‖",
  },
  warning: "!",
  full: "█",
  empty: "░",
  rule: "─",
  ellipsis: "…",
};

const ASCII: Symbols = {
  states: {
    pending: ".",
    ready: ":",
    running: "*",
    succeeded: "+",
    failed: "x",
    skipped: "-",
    cancelled: "#",
    suspended: "=",
  },
  warning: "!",
  full: "#",
  empty: "-",
  rule: "-",
  ellipsis: "...",
};

export function symbolsFor(unicode: boolean): Symbols {
  return unicode ? UNICODE : ASCII;
}

export const STATE_TONES: Readonly<Record<NodeState, Tone>> = {
  pending: "dim",
  ready: "dim",
  running: "busy",
  succeeded: "good",
  failed: "bad",
  skipped: "dim",
  cancelled: "warn",
  suspended: "warn",
};

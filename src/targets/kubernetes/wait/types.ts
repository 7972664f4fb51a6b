import type { PodPatience } from "../readiness/pods.ts";

export interface WaitOptions {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Told how an object stands, once for each change. */
  readonly report: (text: string) => void;
  /** Milliseconds since 1970. @defaultValue Date.now */
  readonly now?: () => number;
  readonly patience?: Patience;
  /** Takes secrets out of logs and events. @defaultValue nothing is taken out */
  readonly mask?: (text: string) => string;
}

export interface Patience extends PodPatience {
  /**
   * How long pods may be refused (by a quota, or for lack of a service account) before the release counts as failed:
   * milliseconds. @defaultValue 10000
   */
  readonly refused?: number;
}

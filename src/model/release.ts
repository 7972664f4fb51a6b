/** What a deploy gives: the release that is live when it has succeeded. */
export interface Release {
  readonly target: string;
  readonly name: string;
  /** Where the target answers, for example `http://127.0.0.1:4100`. */
  readonly url: string;
  /** Counts the target's releases from 1. */
  readonly revision: number;
  /** `sha256:<hex>` of what is deployed. */
  readonly digest: string;
}

/** One release as a target remembers it. */
export interface Revision {
  readonly revision: number;
  readonly digest: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly runId: string;
}

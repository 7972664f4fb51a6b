/** What every event of a run has. */
export interface OfRun {
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What every event of a node has. */
export interface OfNode extends OfRun {
  /** The node's id. */
  readonly node: string;
}

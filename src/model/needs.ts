/** What a strategy asks of the target that it releases to, as far as its definition tells. */
export interface StrategyNeeds {
  /** The metric that is made of the requests that the target counts. Absent: none is. */
  readonly counts?: string;
  /** Whether the candidate has to stand beside the live release. @defaultValue false */
  readonly beside?: boolean;
  /** Whether new replicas of the live release have to be brought up, to compare with. @defaultValue false */
  readonly baseline?: boolean;
  /** Options that have the release replaced part by part, for example `batch`. @defaultValue none */
  readonly batches?: readonly string[];
}

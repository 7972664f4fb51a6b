/** The scores of one question on both sides: the reciprocal rank of the first relevant document, in [0, 1]. */
export interface PairedScore {
  readonly question: string;
  readonly stable: number;
  readonly candidate: number;
}

export interface PairedScoresOptions {
  /** Number of questions, drawn without repetition. @defaultValue 20 */
  readonly sample?: number;
  readonly signal?: AbortSignal;
  /** Path of the dataset. @defaultValue the one that ships with the service */
  readonly dataset?: string;
  /** A number in [0, 1), for samples that can be repeated. @defaultValue Math.random */
  readonly random?: () => number;
}

/**
 * Asks a sample of the dataset on both sides of a release: at an address for each, or through the proxy at one address,
 * by the request header `x-sluice-side`. A question that one side did not answer with 200 is left out: errors are for the error rate to
 * judge, and a missing answer is no evidence about quality. Rejects when the proxy cannot be reached, or on abort.
 */
export declare function pairedScores(
  url: string | { readonly stable: string; readonly candidate: string },
  options?: PairedScoresOptions,
): Promise<PairedScore[]>;

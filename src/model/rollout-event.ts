import type { OfNode } from "./event-of.ts";
import type { Release } from "./release.ts";

/** What a rollout does. */
export type RolloutEvent =
  | RolloutStarted
  | RolloutWeight
  | RolloutAnalysis
  | RolloutPromoted
  | RolloutAborting
  | RolloutAborted
  | RolloutHeld;

export interface RolloutStarted extends OfNode {
  readonly type: "rollout.started";
  readonly target: string;
  readonly strategy: string;
  readonly revision: number;
  /** The revision that it replaces; absent at a first release. */
  readonly from?: number;
}

export interface RolloutWeight extends OfNode {
  readonly type: "rollout.weight";
  readonly target: string;
  /** Per cent of the traffic that the candidate gets, 0 to 100. */
  readonly weight: number;
  /** Which step of how many, from 1. */
  readonly step: number;
  readonly steps: number;
}

export interface RolloutAnalysis extends OfNode {
  readonly type: "rollout.analysis";
  readonly target: string;
  readonly outcome: "pass" | "fail" | "inconclusive" | "continue";
  readonly signals: readonly SignalReport[];
}

/** What one signal says at this moment. */
export interface SignalReport {
  readonly name: string;
  readonly outcome: "pass" | "fail" | "inconclusive" | "continue";
  /** One sentence with the figures. */
  readonly text: string;
  readonly candidate?: number;
  readonly baseline?: number;
  readonly unit?: string;
  /** Candidate requests (or samples) seen so far. */
  readonly samples?: number;
}

export interface RolloutPromoted extends OfNode {
  readonly type: "rollout.promoted";
  readonly target: string;
  readonly release: Release;
}

/**
 * The candidate is about to be taken back. It is on record before anything of that is done, so that a run that dies from
 * here on ends the abort when it is resumed.
 */
export interface RolloutAborting extends OfNode {
  readonly type: "rollout.aborting";
  readonly target: string;
  /** In words, with the figures. */
  readonly reason: string;
  /** Set where the release was found bad; absent where the rollout was cancelled, broke, or makes place for another. */
  readonly refused?: true;
}

export interface RolloutAborted extends OfNode {
  readonly type: "rollout.aborted";
  readonly target: string;
  /** In words, with the figures. */
  readonly reason: string;
  /** The revision that is live again; absent when there was none before. */
  readonly restored?: number;
}

export interface RolloutHeld extends OfNode {
  readonly type: "rollout.held";
  readonly target: string;
  readonly weight: number;
  readonly reason: string;
}

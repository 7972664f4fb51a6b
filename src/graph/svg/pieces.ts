import type { NetTarget } from "./nets.ts";
import type { Port } from "./ports.ts";

/** A vertical piece of a net, in a gutter. */
export interface Track {
  readonly row: number;
  readonly gutter: number;
  /** Where it is met, from which side; a lane that is not placed yet counts as far up or down. */
  readonly ends: TrackEnd[];
}

export interface TrackEnd {
  readonly at: number | Lane;
  readonly side: "left" | "right" | "none";
  /** How far down it is moved, so that it lies on no other line. */
  shift: number;
}

/** A horizontal piece of a net, past one or more columns. */
export interface Lane {
  readonly where: LanePlace;
  /** Row that it runs in, or the upper one of the two that it runs between. */
  readonly row: number;
  readonly tracks: Track[];
  /** Heights at which it would be straight. */
  readonly wishes: number[];
  /** Down from the top of its row; of a lane between rows down from where such lanes begin. Set when it is placed. */
  y: number;
}

/** Above the stages of a row, below those that it passes, or between two rows. */
export type LanePlace = "above" | "below" | "between";

/** How one target is reached: track, lane, track, lane, …, track. */
export interface Way {
  readonly source: Port;
  readonly target: NetTarget;
  readonly end: TrackEnd;
  readonly tracks: readonly Track[];
  readonly lanes: readonly Lane[];
}

export interface Routes {
  /** By the index of the net. */
  readonly ways: readonly (readonly Way[])[];
  readonly tracks: readonly Track[];
  readonly lanes: readonly Lane[];
}

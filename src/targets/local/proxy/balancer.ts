import type { Side } from "./protocol.ts";

/** A hundred per cent, so that a weight counts to the thousandth of a per cent. */
const WHOLE = 100_000;

/**
 * Turns a weight into a sequence of sides without chance: at 5 % exactly one of any 20 requests in a row goes to the
 * candidate, spread evenly (smooth weighted round robin, which for two sides is Bresenham's line).
 */
export class WeightedTurns {
  #share = 0;
  #credit = 0;

  /** Sets the candidate's share in per cent. Setting what is already set does not disturb the sequence. */
  setWeight(weight: number): void {
    const share = weight > 0 ? Math.max(1, Math.round((weight / 100) * WHOLE)) : 0;
    if (share === this.#share) return;
    this.#share = share;
    this.#credit = 0;
  }

  /** Whether the candidate gets any traffic. */
  get isShared(): boolean {
    return this.#share > 0;
  }

  next(): Side {
    this.#credit += this.#share;
    if (2 * this.#credit <= WHOLE) return "stable";
    this.#credit -= WHOLE;
    return "candidate";
  }
}

/** What the choice among replicas looks at. */
export interface Choice {
  /** Requests being answered. */
  readonly inflight: number;
  /** When it was chosen last, as a running number. */
  readonly turn: number;
}

/** The replica with the fewest requests; among equals, the one that has waited longest. */
export function leastBusy<T extends Choice>(replicas: Iterable<T>): T | undefined {
  let best: T | undefined;
  for (const replica of replicas) {
    if (
      best === undefined ||
      replica.inflight < best.inflight ||
      (replica.inflight === best.inflight && replica.turn < best.turn)
    ) {
      best = replica;
    }
  }
  return best;
}

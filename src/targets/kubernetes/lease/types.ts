/**
 * The right to change one app in one namespace: a `Lease` object that is renewed while it is held. Whoever takes it over
 * gets a higher fence, so that a holder that was away too long can be told.
 */
export interface DeployLease {
  /** Grows by one with each new holder (`spec.leaseTransitions`). */
  readonly fence: number;
  /** Fires when the lease is lost; its reason is a SluiceError `TARGET_BUSY`. */
  readonly lost: AbortSignal;
  /** Throws `TARGET_BUSY` unless the lease is surely still ours: asked of the server where the last answer is too old. */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

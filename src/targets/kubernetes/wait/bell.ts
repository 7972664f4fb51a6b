/** Wakes the one who waits for changes. Rings between two waits are not lost, and count as one. */
export class Bell {
  #rung = false;
  #listener: (() => void) | undefined;

  readonly ring = (): void => {
    this.#rung = true;
    this.#listener?.();
  };

  /** Resolves at the next ring, or after `ms`. Rejects with the signal's reason. */
  async next(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#rung) await this.#wait(ms, signal);
    this.#rung = false;
    signal.throwIfAborted();
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      // Timers of Node count in 32 bits.
      const timer = setTimeout(this.ring, Math.min(Math.max(ms, 0), 2_147_483_647));
      signal.addEventListener("abort", this.ring);
      this.#listener = () => {
        this.#listener = undefined;
        clearTimeout(timer);
        signal.removeEventListener("abort", this.ring);
        resolve();
      };
    });
  }
}

/** Milliseconds between two frames at least. */
const PACE = 100;
/** Milliseconds after which a frame is drawn anew because time has passed. */
const TICK = 1000;

/** Calls `draw` soon after something has changed, at most ten times a second, and once a second while time is shown. */
export class DrawLoop {
  readonly #draw: () => boolean;
  #timer: NodeJS.Timeout | undefined;
  #dirty = false;
  #paused = false;
  #last = -PACE;

  /** `draw` says whether time is shown, so that the frame is out of date in a second. */
  constructor(draw: () => boolean) {
    this.#draw = draw;
  }

  /** Something has changed. Costs next to nothing when a frame is due already. */
  touch(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    if (!this.#paused) this.#schedule(Math.max(0, this.#last + PACE - performance.now()));
  }

  pause(): void {
    this.#paused = true;
    clearTimeout(this.#timer);
  }

  resume(): void {
    this.#paused = false;
    this.#dirty = false;
    this.touch();
  }

  #schedule(delay: number): void {
    clearTimeout(this.#timer);
    // never what keeps the process alive
    this.#timer = setTimeout(this.#fire, delay).unref();
  }

  readonly #fire = (): void => {
    this.#dirty = false;
    this.#last = performance.now();
    if (this.#draw()) this.#tick();
  };

  /** Unless drawing has itself found something to draw. */
  #tick(): void {
    if (!this.#dirty && !this.#paused) this.#schedule(TICK);
  }
}

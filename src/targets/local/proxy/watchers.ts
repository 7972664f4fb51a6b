/** A number that grows with every change, and those who wait for it to grow. */
export class Watchers {
  #version = 1;
  #waiting = new Set<() => void>();

  get version(): number {
    return this.#version;
  }

  bump(): void {
    this.#version += 1;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Resolves as soon as the version is another than `seen`, and at the latest after `wait` ms. */
  changed(seen: number, wait: number): Promise<void> {
    if (seen !== this.#version) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, wait);
      this.#waiting.add(wake);
    });
  }
}

const HIDE = "\u001b[?25l";
const SHOW = "\u001b[?25h";
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Hides the cursor, and brings it back however the process ends or is stopped. */
export class Cursor {
  readonly #write: (text: string) => void;
  readonly #resumed: () => void;
  #hidden = false;

  /** `resumed` is called when the process goes on after it was stopped (Ctrl-Z), with the cursor hidden again. */
  constructor(write: (text: string) => void, resumed: () => void) {
    this.#write = write;
    this.#resumed = resumed;
  }

  hide(): void {
    if (this.#hidden) return;
    this.#hidden = true;
    // listening first: a signal may come at any moment
    process.on("exit", this.#restore);
    for (const signal of SIGNALS) process.on(signal, this.#interrupted);
    if (process.platform !== "win32") {
      process.on("SIGTSTP", this.#stopped);
      process.on("SIGCONT", this.#continued);
    }
    this.#write(HIDE);
  }

  show(): void {
    if (!this.#hidden) return;
    this.#hidden = false;
    this.#restore();
    process.off("exit", this.#restore);
    for (const signal of SIGNALS) process.off(signal, this.#interrupted);
    process.off("SIGTSTP", this.#stopped);
    process.off("SIGCONT", this.#continued);
  }

  readonly #restore = (): void => {
    this.#write(SHOW);
  };

  readonly #interrupted = (signal: NodeJS.Signals): void => {
    // where somebody else listens, the run ends in its own way and calls show(); alone, listening must change nothing
    if (process.listenerCount(signal) > 1) return;
    this.show();
    process.kill(process.pid, signal);
  };

  readonly #stopped = (): void => {
    this.#restore();
    process.kill(process.pid, "SIGSTOP");
  };

  readonly #continued = (): void => {
    this.#write(HIDE);
    this.#resumed();
  };
}

import { isSluiceError, messageOf, SluiceError } from "../errors/index.ts";
import type { RunEvent, RunFinished } from "../model/index.ts";
import type { EngineInput } from "./types.ts";

/** Sends every event to the journal first and then to those who watch. */
export class Records {
  readonly #input: EngineInput;
  readonly #onFault: (fault: SluiceError) => void;
  #fault: SluiceError | undefined;

  /** `onFault` is called once, when the journal cannot be kept: nothing may happen that it would not show. */
  constructor(input: EngineInput, onFault: (fault: SluiceError) => void) {
    this.#input = input;
    this.#onFault = onFault;
    input.recorder.watch((error) => {
      this.#fail(error);
    });
  }

  /** Why the journal cannot be kept any more. */
  get fault(): SluiceError | undefined {
    return this.#fault;
  }

  add(event: RunEvent): void {
    this.#append(event);
    void this.#input.listen(event);
  }

  /**
   * The last event, which is shown only once it is on record for good. `end` is asked again then: where it could not be kept,
   * the run has not ended as it was going to.
   */
  async end(end: () => RunFinished): Promise<RunFinished> {
    this.#append(end());
    await this.sync();
    const event = end();
    void this.#input.listen(event);
    return event;
  }

  /** Resolves when all added so far outlives this process; `undefined` where it already does. Never rejects. */
  commit(): Promise<void> | undefined {
    return this.#kept(() => this.#input.recorder.commit());
  }

  /** As {@link Records.commit}, and outlives the machine's sudden end. */
  sync(): Promise<void> | undefined {
    return this.#kept(() => this.#input.recorder.sync());
  }

  #append(event: RunEvent): void {
    if (this.#fault !== undefined) return;
    try {
      this.#input.recorder.append(event);
    } catch (error) {
      this.#fail(error);
    }
  }

  #kept(keep: () => Promise<void> | undefined): Promise<void> | undefined {
    if (this.#fault !== undefined) return undefined;
    try {
      return keep()?.catch((error: unknown) => {
        this.#fail(error);
      });
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #fail(error: unknown): void {
    if (this.#fault !== undefined) return;
    const text = messageOf(error);
    this.#fault = isSluiceError(error) ? error : new SluiceError("STATE_UNWRITABLE", text, { cause: error });
    this.#onFault(this.#fault);
  }
}

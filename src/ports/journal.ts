import type { RunEvent } from "../model/index.ts";

/** One run being written. */
export interface RunRecorder {
  /** Takes an event, in order. Costs no wait; a fault shows at the next {@link RunRecorder.commit}. */
  append(event: RunEvent): void;
  /**
   * Resolves when everything appended so far survives the death of this process; `undefined` where it already does.
   * Throws `STATE_UNWRITABLE`, and `RUN_BUSY` where another process has taken the run over.
   */
  commit(): Promise<void> | undefined;
  /**
   * As {@link RunRecorder.commit}, and it survives the death of the machine too. Calls that overlap share one
   * synchronisation.
   */
  sync(): Promise<void> | undefined;
  /** Calls `onFault` once, where the journal turns out not to be kept while nobody waits for it. */
  watch(onFault: (error: unknown) => void): void;
  /** A folder on this machine in which logs stand whole while the recorder is open, for reporters. */
  readonly logs: string | undefined;
  /** The node's log file. */
  log(node: string): LogSink;
  close(): Promise<void>;
}

export interface LogSink {
  write(chunk: Uint8Array): void | Promise<void>;
  close(): void | Promise<void>;
}

import { userInfo } from "node:os";
import type { Answer, Question } from "../../ports/index.ts";
import type { Env } from "../text/environment.ts";
import type { Paint } from "../text/paint.ts";
import { oneLine, plainText } from "../text/sanitize.ts";
import { type LineInput, LineReader } from "./line-reader.ts";

/** What the prompt does around a question. */
export interface PromptOptions {
  readonly input: LineInput;
  readonly write: (text: string) => void;
  readonly paint: Paint;
  readonly env: Env;
  /** Makes room for the question; called before it is put. */
  readonly pause: () => void;
  readonly resume: () => void;
}

/** Asks a person, one question at a time. */
export class Prompt {
  readonly #options: PromptOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: PromptOptions) {
    this.#options = options;
  }

  /** `undefined` where the signal fires or the input ends before there is an answer. */
  ask(question: Question, signal: AbortSignal): Promise<Answer | undefined> {
    const turn = this.#last.then(() => this.#ask(question, signal));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #ask(question: Question, signal: AbortSignal): Promise<Answer | undefined> {
    if (signal.aborted) return undefined;
    const { input, write, pause, resume } = this.#options;
    pause();
    const reader = new LineReader(input, signal);
    try {
      if (input.isTTY === true) await reader.forgetTyped();
      this.#put(question);
      const approved = await this.#decision(reader);
      if (approved === undefined) {
        write("\n");
        return undefined;
      }
      write("  Reason (optional): ");
      const reason = oneLine((await reader.next()) ?? "");
      if (reader.aborted) return undefined;
      const by = userName(this.#options.env);
      return reason === "" ? { approved, by } : { approved, by, reason };
    } finally {
      reader.close();
      resume();
    }
  }

  #put({ title, detail }: Question): void {
    const { write, paint } = this.#options;
    write(`${paint("warn", "?")} ${paint("strong", oneLine(title))}\n`);
    if (detail === undefined || detail === "") return;
    write(`${plainText(detail).trimEnd().replace(/^/gm, "  ")}\n`);
  }

  /** Nothing but a clear yes approves; what is neither yes nor no is asked again. */
  async #decision(reader: LineReader): Promise<boolean | undefined> {
    for (;;) {
      this.#options.write("  Approve? [y/N] ");
      const line = await reader.next();
      if (line === undefined) return undefined;
      const answer = line.trim().toLowerCase();
      if (answer === "y" || answer === "yes") return true;
      if (answer === "" || answer === "n" || answer === "no") return false;
    }
  }
}

function userName(env: Env): string {
  try {
    return userInfo().username;
  } catch {
    // no entry in the user database, as in some containers
    return env["USER"] ?? env["LOGNAME"] ?? "unknown";
  }
}

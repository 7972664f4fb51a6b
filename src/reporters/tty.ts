import type { Reporter } from "../ports/index.ts";
import { Sink } from "./lines/sink.ts";
import type { TextReporterOptions } from "./options.ts";
import { plain } from "./plain.ts";
import { isLive, type Out, resolveColor, resolveUnicode } from "./text/environment.ts";
import { createPaint } from "./text/paint.ts";
import { LiveView } from "./tty/live-view.ts";
import { Prompt } from "./tty/prompt.ts";

/** Options of {@link tty}. */
export interface TtyOptions extends TextReporterOptions {
  /** Where answers are read from. @defaultValue `process.stdin`, where that is a terminal; otherwise nobody is asked */
  readonly input?: NodeJS.ReadableStream;
  /** Whether to draw with more than ASCII. @defaultValue by TERM, LC_ALL, LC_CTYPE and LANG */
  readonly unicode?: boolean;
  /** Width of the terminal in columns. @defaultValue the width of `out` at that moment, or 80 */
  readonly columns?: number;
  /** Height of the terminal in rows. @defaultValue the height of `out` at that moment, or 24 */
  readonly rows?: number;
  /** Milliseconds since 1970, by the clock that events are stamped with. @defaultValue `Date.now` */
  readonly now?: () => number;
}

/**
 * A live view for a person at a terminal: stages, jobs with their time and last line, gates with their figures, rollouts
 * as they move. At the end it leaves the whole run, the logs of what failed and what to do next. It asks for approvals.
 * Where the terminal cannot be drawn on, it writes what {@link plain} writes.
 *
 * @example
 * ```ts
 * import { tty } from "sluice/reporters";
 *
 * const reporter = tty({ unicode: false });
 * ```
 */
export function tty(options: TtyOptions = {}): Reporter {
  const out: Out = options.out ?? process.stdout;
  const env = options.env ?? process.env;
  const color = resolveColor(options.color, env, out);
  const live = isLive(env, out)
    ? new LiveView({
        sink: new Sink(out),
        out,
        color,
        size: () => ({ columns: options.columns ?? out.columns ?? 80, rows: options.rows ?? out.rows ?? 24 }),
        unicode: resolveUnicode(options.unicode, env),
        command: options.command ?? "sluice",
        now: options.now ?? Date.now,
      })
    : undefined;

  const input = options.input ?? (process.stdin.isTTY && out.isTTY === true ? process.stdin : undefined);
  const prompt =
    input &&
    new Prompt({
      input,
      env,
      write: (text) => void out.write(text),
      paint: createPaint(color),
      pause: () => live?.pause(),
      resume: () => live?.resume(),
    });

  return {
    ...(live === undefined ? plain({ ...options, out, color }) : asReporter(live)),
    ...asking(prompt),
  };
}

function asReporter(live: LiveView): Reporter {
  return {
    start: (run) => {
      live.start(run);
    },
    event: (event) => {
      live.event(event);
    },
    finish: (result) => live.finish(result),
  };
}

function asking(prompt: Prompt | undefined): Pick<Reporter, "ask"> {
  return prompt === undefined ? {} : { ask: (question, signal) => prompt.ask(question, signal) };
}

import type { RunEvent, RunResult } from "../../model/index.ts";
import type { ReporterContext } from "../../ports/index.ts";
import type { Sink } from "../lines/sink.ts";
import { NodeLogs } from "../logs/node-logs.ts";
import type { Out } from "../text/environment.ts";
import { createPaint, type Paint } from "../text/paint.ts";
import { oneLine } from "../text/sanitize.ts";
import { summaryLines } from "../text/summary.ts";
import { endsAttempt } from "../view/node-end.ts";
import { RunView } from "../view/run-view.ts";
import { Cursor } from "./cursor.ts";
import { DrawLoop } from "./draw-loop.ts";
import { writeFailedLogs } from "./failed-logs.ts";
import { finalFrame, type FrameContext, liveFrame } from "./frame.ts";
import { LastLines } from "./last-lines.ts";
import type { FittedLine } from "./line.ts";
import { Measure } from "./measure.ts";
import { Screen, type Size } from "./screen.ts";
import { type Symbols, symbolsFor } from "./symbols.ts";

/** What a live view needs to know. */
export interface LiveViewOptions {
  readonly sink: Sink;
  readonly out: Out;
  readonly size: () => Size;
  readonly color: boolean;
  readonly unicode: boolean;
  readonly command: string;
  readonly now: () => number;
}

/** A run drawn at the end of a terminal while it goes on, and left there in full when it has ended. */
export class LiveView {
  readonly #options: LiveViewOptions;
  readonly #paint: Paint;
  readonly #symbols: Symbols;
  readonly #measure: Measure;
  readonly #screen = new Screen();
  readonly #cursor: Cursor;
  readonly #loop = new DrawLoop(() => this.#draw());
  readonly #logs = new NodeLogs();
  readonly #lastLines = new LastLines();
  /** Lines that shall stay above the live ones. */
  #lasting = "";
  #isFull = false;
  #view: RunView | undefined;

  constructor(options: LiveViewOptions) {
    this.#options = options;
    this.#paint = createPaint(options.color);
    this.#symbols = symbolsFor(options.unicode);
    this.#measure = new Measure(options.unicode, this.#symbols.ellipsis);
    this.#cursor = new Cursor(
      (text) => void options.sink.write(text),
      () => {
        // what was drawn has scrolled away behind the shell's own lines
        this.#screen.forget();
        this.#loop.touch();
      },
    );
  }

  start(run: ReporterContext): void {
    this.#view = new RunView(run.plan);
    this.#logs.start(run);
    this.#options.out.on("resize", this.#resized);
    this.#cursor.hide();
    this.#loop.touch();
  }

  event(event: RunEvent): void {
    this.#view?.apply(event);
    if (event.type === "node.log") {
      this.#logs.push(event);
      this.#lastLines.push(event);
    } else if (endsAttempt(event)) {
      this.#lastLines.forget(event.node);
      if (event.type === "node.succeeded") this.#logs.forget(event.node);
    } else if (event.type === "warning") {
      const text = event.node === undefined ? event.message : `${event.node}: ${event.message}`;
      this.#lasting += `${this.#paint("warn", `${this.#symbols.warning} ${oneLine(text)}`)}\r\n`;
    }
    this.#loop.touch();
  }

  /** Takes the live lines away, so that something else can be written. */
  pause(): void {
    this.#loop.pause();
    this.#write(this.#takeDown());
    this.#cursor.show();
  }

  resume(): void {
    this.#cursor.hide();
    this.#loop.resume();
  }

  async finish(result: RunResult): Promise<void> {
    const view = this.#view;
    const { sink, color, command, out, size } = this.#options;
    this.#loop.pause();
    out.off("resize", this.#resized);
    if (view !== undefined) {
      view.finish(result);
      const lines = await this.#finalLines(view, result);
      await sink.write(this.#takeDown() + lines.map(({ text }) => `${text}\n`).join(""));
      this.#cursor.show();
      const { columns } = size();
      await writeFailedLogs(view, {
        sink,
        color,
        columns,
        logs: this.#logs,
        paint: this.#paint,
        symbols: this.#symbols,
      });
      const logFile = (node: string): string | undefined => this.#logs.file(node);
      const summary = summaryLines(view, result, { paint: this.#paint, command, logFile, total: true });
      await sink.write(`\n${summary.map((line) => `${line}\n`).join("")}`);
    }
    this.#cursor.show();
    await sink.end();
  }

  readonly #resized = (): void => {
    this.#loop.touch();
  };

  #takeDown(): string {
    const text = this.#screen.clear(this.#options.size()) + this.#lasting;
    this.#lasting = "";
    return text;
  }

  async #finalLines(view: RunView, result: RunResult): Promise<readonly FittedLine[]> {
    const now = result.startedAt + result.duration;
    const lines = finalFrame(this.#frameContext(view, now));
    if (!this.#measure.wanting) return lines;
    await this.#measure.load();
    return finalFrame(this.#frameContext(view, now));
  }

  /** Whether the frame is out of date in a second; it shows how long things take. */
  #draw(): boolean {
    const view = this.#view;
    if (view === undefined || this.#options.sink.closed || this.#isFull) return false;
    const frame = liveFrame(this.#frameContext(view, this.#options.now()));
    if (this.#measure.wanting) {
      void this.#measure.load().then(() => {
        this.#loop.touch();
      });
      return false;
    }
    const above = this.#lasting === "" ? "" : this.#takeDown();
    this.#write(above + this.#screen.draw(frame, this.#options.size()));
    return true;
  }

  #frameContext(view: RunView, now: number): FrameContext {
    const { columns, rows } = this.#options.size();
    return {
      view,
      now,
      // the last column stays free: a terminal that has filled it may break the line
      columns: columns - 1,
      // the cursor stands on the row below
      room: rows - 1,
      lastLine: (node) => this.#lastLines.get(node),
      symbols: this.#symbols,
      measure: this.#measure,
      paint: this.#paint,
    };
  }

  #write(text: string): void {
    const full = this.#options.sink.write(text);
    if (full === undefined) return;
    // a slow terminal gets fewer frames, not later ones
    this.#isFull = true;
    void full.then(() => {
      this.#isFull = false;
      this.#loop.touch();
    });
  }
}

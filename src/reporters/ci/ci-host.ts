import type { RunEvent, RunResult } from "../../model/index.ts";
import type { ReporterContext } from "../../ports/index.ts";
import type { NodeEnd } from "../view/node-end.ts";
import type { NodeView } from "../view/node-view.ts";
import type { RunView } from "../view/run-view.ts";

/** How one CI host wants its log written. Every method gives text to write, lines ended. */
export interface CiHost {
  /** One line of our own, made harmless to the host's parser. */
  line(text: string): string;
  /** What stands before the event's own line, for example the start of its stage. */
  before(event: RunEvent, run: CiRun): string;
  /** What stands after the event's own line, for example an annotation. */
  after(event: RunEvent, run: CiRun): string;
  /** Opens the block that holds the log of a node that has ended. */
  openLog(node: NodeView, end: NodeEnd): string;
  closeLog(node: NodeView, end: NodeEnd): string;
  /** Whole lines of a node's output, as a binary string, made harmless to the host's parser. */
  disarm(lines: string): string;
  /** After the last event; gives what is left to say. Must not reject. */
  finish?(run: CiRun, result: RunResult): Promise<string>;
}

/** The run that is reported. */
export interface CiRun {
  readonly context: ReporterContext;
  readonly view: RunView;
}

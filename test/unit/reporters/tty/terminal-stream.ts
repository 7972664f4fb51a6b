import { Writable } from "node:stream";
import { Terminal } from "./terminal.ts";

/** A stream that looks like a terminal to a reporter, with the screen that it draws. */
export class TerminalStream extends Writable {
  readonly isTTY = true;
  readonly terminal: Terminal;
  writes = 0;

  constructor(columns: number, rows: number) {
    super({ decodeStrings: false });
    this.terminal = new Terminal(columns, rows);
  }

  get columns(): number {
    return this.terminal.columns;
  }

  get rows(): number {
    return this.terminal.rows;
  }

  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.writes++;
    // the terminal's driver makes CR LF of LF
    this.terminal.write(chunk.replace(/\r?\n/g, "\r\n"));
    done();
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    this.emit("resize");
  }
}

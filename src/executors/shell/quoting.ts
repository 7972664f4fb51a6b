import type { Quote } from "./spec.ts";

/** Why no value can stand at a place of a command. */
export type Refusal =
  | "here-document"
  | "backticks"
  | "comment"
  | "dollar-quote"
  | "expansion"
  | "arithmetic"
  | "dollar"
  | "backslash";

/** What is open around the place reached so far. */
type Frame =
  | CommandFrame
  | { readonly kind: "double" | "single" | "dollar-quote" | "backticks" | "expansion" | "comment" }
  | { readonly kind: "arithmetic"; parens: number }
  | { readonly kind: "here-document"; readonly end: string; readonly tabs: boolean; line: string };

/** Where commands stand: the whole text, or the inside of `$( )`. */
interface CommandFrame {
  readonly kind: "command";
  readonly substitution: boolean;
  /** Parentheses open in it. */
  parens: number;
  /** For each `case … esac` open in it the parentheses open where it began: one more closes a pattern. */
  readonly cases: number[];
  /** The word that is being read; a NUL stands for anything quoted or expanded in it. */
  word: string;
  /** Whether the next word is a command's name or a keyword. */
  first: boolean;
}

/** Keywords after which a command follows. */
const OPENERS = new Set(["then", "do", "else", "elif", "if", "while", "until", "!", "{", "time"]);
const OPAQUE = "\0";

/**
 * Reads the literal text of a command as a POSIX shell or bash would, as far as it takes to know how each place is
 * quoted. It does not judge the text: what is wrong there, the shell will say.
 */
export class QuotingReader {
  readonly #frames: Frame[] = [commandFrame(false)];
  /** Ends of the here-documents whose text begins after this line. */
  readonly #documents: { end: string; tabs: boolean }[] = [];
  /** A construct that the end of the text so far leaves unfinished. */
  #dangling: Refusal | undefined;

  /** Reads the next piece of literal text. */
  read(text: string): void {
    let index = 0;
    while (index < text.length) index += this.#step(text, index);
  }

  /** How a value would be quoted here, or why it cannot stand here. Goes on behind the value. */
  value(): Quote | Refusal {
    const frame = this.#top();
    const place = this.#dangling ?? (frame.kind === "command" ? "bare" : frame.kind);
    this.#dangling = undefined;
    if (frame.kind === "command") frame.word += OPAQUE;
    return place;
  }

  #top(): Frame {
    const frame = this.#frames.at(-1);
    if (frame === undefined) throw new RangeError("the outermost frame was closed");
    return frame;
  }

  /** Handles what stands at `index` and returns how many characters that was. */
  #step(text: string, index: number): number {
    const frame = this.#top();
    const char = text.charAt(index);
    switch (frame.kind) {
      case "command":
        return this.#command(frame, text, index);
      case "single":
        return this.#closeAt("'", char);
      case "dollar-quote":
        return char === "\\" ? 2 : this.#closeAt("'", char);
      case "backticks":
        return char === "\\" ? 2 : this.#closeAt("`", char);
      case "comment":
        if (char !== "\n") return 1;
        this.#frames.pop();
        return 0;
      case "here-document":
        return this.#document(frame, char);
      case "double":
        return char === '"' ? this.#close() : this.#quoted(text, index);
      case "expansion":
        if (char === "}") return this.#close();
        if (char === '"') return this.#open({ kind: "double" }, 1);
        // Within double quotes a single quote in ${…} is an ordinary character.
        if (char === "'" && this.#frames.at(-2)?.kind !== "double") return this.#open({ kind: "single" }, 1);
        return this.#quoted(text, index);
      case "arithmetic":
        return this.#arithmetic(frame, text, index);
    }
  }

  #command(frame: CommandFrame, text: string, index: number): number {
    const char = text.charAt(index);
    const next = text.charAt(index + 1);
    switch (char) {
      case "\n":
        this.#endWord(frame, true);
        this.#openDocument();
        return 1;
      case " ":
      case "\t":
        this.#endWord(frame, frame.first && frame.word === "");
        return 1;
      case ";":
      case "&":
      case "|":
        this.#endWord(frame, true);
        return 1;
      case "(":
        if (next === "(" && frame.word === "") return this.#open({ kind: "arithmetic", parens: 0 }, 2);
        this.#endWord(frame, true);
        frame.parens++;
        return 1;
      case ")":
        return this.#closeParen(frame);
      case "<":
        if (next === "<") return this.#redirect(frame, text, index);
        this.#endWord(frame, frame.first && frame.word === "");
        return 1;
      case ">":
        this.#endWord(frame, frame.first && frame.word === "");
        return 1;
      case "#":
        if (frame.word === "") return this.#open({ kind: "comment" }, 1);
        break;
      case "'":
        frame.word += OPAQUE;
        return this.#open({ kind: "single" }, 1);
      case '"':
        frame.word += OPAQUE;
        return this.#open({ kind: "double" }, 1);
      case "$":
        frame.word += OPAQUE;
        if (next === "'") return this.#open({ kind: "dollar-quote" }, 2);
        return this.#quoted(text, index);
      case "\\":
        if (next === "\n") return 2;
        frame.word += OPAQUE;
        return this.#quoted(text, index);
      case "`":
        frame.word += OPAQUE;
        return this.#quoted(text, index);
      default:
    }
    frame.word += char;
    return 1;
  }

  /** What means the same inside and outside of double quotes: `\`, `$` and backticks. */
  #quoted(text: string, index: number): number {
    const char = text.charAt(index);
    const next = text.charAt(index + 1);
    if (char === "`") return this.#open({ kind: "backticks" }, 1);
    if (char === "\\") {
      if (next === "") this.#dangling = "backslash";
      return 2;
    }
    if (char !== "$") return 1;
    if (next === "") this.#dangling = "dollar";
    if (next === "{") return this.#open({ kind: "expansion" }, 2);
    if (next !== "(") return 1;
    if (text.charAt(index + 2) === "(") return this.#open({ kind: "arithmetic", parens: 0 }, 3);
    return this.#open(commandFrame(true), 2);
  }

  #arithmetic(frame: { parens: number }, text: string, index: number): number {
    const char = text.charAt(index);
    if (char === "(") frame.parens++;
    if (char === ")" && frame.parens > 0) frame.parens--;
    else if (char === ")" && text.charAt(index + 1) === ")") return this.#close() + 1;
    if (char === '"') return this.#open({ kind: "double" }, 1);
    return this.#quoted(text, index);
  }

  #closeParen(frame: CommandFrame): number {
    this.#endWord(frame, true);
    if (frame.cases.at(-1) === frame.parens) return 1;
    if (frame.parens > 0) frame.parens--;
    else if (frame.substitution) return this.#close();
    return 1;
  }

  /** `<<` and what follows: a here-string is an ordinary word, a here-document begins after this line. */
  #redirect(frame: CommandFrame, text: string, index: number): number {
    this.#endWord(frame, false);
    if (text.charAt(index + 2) === "<") return 3;
    const [all = "", tabs, word = ""] = HERE_DOCUMENT.exec(text.slice(index)) ?? [];
    if (index + all.length === text.length) this.#dangling = "here-document";
    this.#documents.push({ end: word.replace(/['"\\]/g, ""), tabs: tabs === "-" });
    return all.length;
  }

  #openDocument(): void {
    const document = this.#documents.shift();
    if (document !== undefined) this.#frames.push({ kind: "here-document", ...document, line: "" });
  }

  #document(frame: { readonly end: string; readonly tabs: boolean; line: string }, char: string): number {
    if (char !== "\n") {
      frame.line += char;
      return 1;
    }
    const line = frame.tabs ? frame.line.replace(/^\t+/, "") : frame.line;
    frame.line = "";
    if (line === frame.end) {
      this.#frames.pop();
      this.#openDocument();
    }
    return 1;
  }

  #endWord(frame: CommandFrame, first: boolean): void {
    const word = frame.word;
    frame.word = "";
    const keyword = frame.first && word !== "";
    if (keyword && word === "case") frame.cases.push(frame.parens);
    if (keyword && word === "esac") frame.cases.pop();
    frame.first = first || (keyword && OPENERS.has(word));
  }

  #open(frame: Frame, width: number): number {
    this.#frames.push(frame);
    return width;
  }

  #close(): number {
    this.#frames.pop();
    return 1;
  }

  #closeAt(end: string, char: string): number {
    return char === end ? this.#close() : 1;
  }
}

/** `<<`, an optional `-`, blanks and the word that ends the text. */
const HERE_DOCUMENT = /^<<(-?)[ \t]*((?:'[^']*'|"[^"]*"|\\.|[^\s;&|<>()])*)/;

function commandFrame(substitution: boolean): CommandFrame {
  return { kind: "command", substitution, parens: 0, cases: [], word: "", first: true };
}

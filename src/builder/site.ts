import { findSourceMap } from "node:module";
import { fileURLToPath } from "node:url";
import type { SourceLocation } from "../errors/index.ts";

/** A place in the user's code. Capturing it is cheap; mapping it back to TypeScript waits until somebody reads it. */
export interface Site {
  readonly location: SourceLocation | undefined;
}

/** Frames looked at: enough to get out of Sluice and of a helper that a package brings. */
const DEPTH = 6;
// Sources are `src/builder/site.ts`; the bundle puts this module into a chunk at the top of `dist`.
const OWN = new URL(import.meta.url.endsWith("/src/builder/site.ts") ? ".." : ".", import.meta.url).href;
const OWN_PATH = fileURLToPath(OWN);
const FRAME = /^\s*at (?:.*? \()?(?:async )?((?:file:\/\/)?[^()]*?):(\d+):(\d+)\)?$/;

class CapturedSite implements Site {
  readonly #file: string;
  readonly #line: number;
  readonly #column: number;

  constructor(file: string, line: number, column: number) {
    this.#file = file;
    this.#line = line;
    this.#column = column;
  }

  get location(): SourceLocation {
    const place = { file: this.#file, line: this.#line, column: this.#column };
    return mapped(place) ?? { ...place, file: pathOf(place.file) };
  }
}

const NOWHERE: Site = { location: undefined };

/** Remembers which line of the user's code called into Sluice. */
export function captureSite(): Site {
  const frames = callers();
  const own = frames.find((frame) => isForeign(frame.getFileName()));
  const user =
    frames.find((frame) => isForeign(frame.getFileName()) && !isPackage(frame.getFileName())) ?? own;
  const file = user?.getFileName() ?? undefined;
  if (user === undefined || file === undefined) return NOWHERE;
  return new CapturedSite(file, user.getLineNumber() ?? 1, user.getColumnNumber() ?? 1);
}

/** The frames as V8 gives them: as text they would cost twenty times as much, and kept they would hold the whole stack. */
function callers(): readonly NodeJS.CallSite[] {
  const { stackTraceLimit } = Error;
  // Node has none unless somebody has set one, which its types do not say.
  const format = (Error as { prepareStackTrace?: typeof Error.prepareStackTrace }).prepareStackTrace?.bind(
    Error,
  );
  try {
    Error.stackTraceLimit = DEPTH;
    Error.prepareStackTrace = (_error, frames) => frames;
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, captureSite);
    return Array.isArray(holder.stack) ? (holder.stack as NodeJS.CallSite[]) : [];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = format as typeof Error.prepareStackTrace;
  }
}

function isForeign(file: string | null | undefined): boolean {
  return (
    typeof file === "string" &&
    !file.startsWith("node:") &&
    !file.startsWith(OWN) &&
    !file.startsWith(OWN_PATH)
  );
}

function isPackage(file: string | null | undefined): boolean {
  return file?.includes("/node_modules/") === true;
}

function mapped(place: SourceLocation): SourceLocation | undefined {
  const entry = findSourceMap(place.file)?.findEntry(place.line - 1, (place.column ?? 1) - 1);
  if (entry === undefined || !("originalSource" in entry)) return undefined;
  return {
    file: toPath(entry.originalSource),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  };
}

// eslint-disable-next-line no-restricted-syntax -- a memory of a pure function's last answer
let last = { file: "", path: "" };

/** As {@link toPath}, remembering the last one: thousands of jobs are declared in a handful of files. */
function pathOf(file: string): string {
  if (file !== last.file) last = { file, path: toPath(file) };
  return last.path;
}

function toPath(file: string): string {
  return file.startsWith("file://") ? fileURLToPath(file.replace(/[?#].*$/, "")) : file.replace(/\?.*$/, "");
}

/** The first place of a stack's text that is neither Sluice's own code nor Node's. */
export function firstForeignFrame(stack: string): SourceLocation | undefined {
  for (const line of stack.split("\n")) {
    const match = FRAME.exec(line);
    const place = match?.[1];
    if (match === null || place === undefined || place === "native" || !isForeign(place)) continue;
    return { file: toPath(place), line: Number(match[2]), column: Number(match[3]) };
  }
  return undefined;
}

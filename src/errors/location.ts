/** A place in the user's code. `file` is absolute while a definition is evaluated and relative to the root in a Plan. */
export interface SourceLocation {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column?: number;
}

/** `file:line:column`, the form that terminals and editors make clickable. */
export function formatLocation(at: SourceLocation): string {
  return at.column === undefined ? `${at.file}:${at.line}` : `${at.file}:${at.line}:${at.column}`;
}

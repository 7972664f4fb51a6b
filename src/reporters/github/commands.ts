/** Properties of an annotation. */
export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
  /** Relative to the repository's root. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** A workflow command, as a line: `::name key=value,…::data`. */
export function command(
  name: string,
  data: string,
  properties: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapeProperty(value)}`],
  );
  return `::${name}${given.length === 0 ? "" : ` ${given.join(",")}`}::${escapeData(data)}\n`;
}

export function annotation(of: Annotation): string {
  const { file, line, column } = of;
  return command(of.level, of.message, {
    file,
    // without a file the runner has nothing to point into
    line: file === undefined || line === undefined ? undefined : String(line),
    col: file === undefined || column === undefined ? undefined : String(column),
    title: of.title,
  });
}

/**
 * Makes a line of text no command: the runner takes `::name::` at a line's start, after white space, and the older
 * `##[name]` anywhere in it.
 */
export function disarmLine(line: string): string {
  return disarmMarkers(line).replace(/^(\s*):(?=:)/, "$1: ");
}

/** Breaks the `##[name]` form, which the log view also takes for groups and colours. */
export function disarmMarkers(text: string): string {
  return text.replaceAll("##[", "# [");
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

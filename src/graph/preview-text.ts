import type { PreviewChange, TargetPreview } from "../ports/index.ts";
import { paint, type Paint, safe, type Terminal, wrapped } from "./terminal.ts";
import { cells } from "./width.ts";

/** What one deploy would change where it goes, or why that cannot be told. */
export interface NodePreview {
  /** The node's id. */
  readonly node: string;
  readonly target: string;
  readonly preview?: TargetPreview;
  readonly failure?: { readonly message: string; readonly hint?: string };
}

/** How {@link previewText} writes. */
export interface PreviewTextOptions {
  readonly color: boolean;
  /** Cells of a line. */
  readonly columns: number;
}

/**
 * What deploys would change at their targets, for people: object by object, field by field, with who else has set a field,
 * and whether a release that fails could be taken back. Nothing where nothing was asked.
 *
 * @example
 * ```ts
 * process.stdout.write(previewText(previews, { color: false, columns: 80 }));
 * ```
 */
export function previewText(previews: readonly NodePreview[], options: PreviewTextOptions): string {
  if (previews.length === 0) return "";
  const terminal: Terminal = { color: options.color, columns: Math.max(40, options.columns) };
  const blocks = previews.map((one) => nodeLines(one, terminal));
  return `${blocks.map((lines) => lines.map((line) => line.trimEnd()).join("\n")).join("\n\n")}\n`;
}

function nodeLines({ node, target, preview, failure }: NodePreview, terminal: Terminal): readonly string[] {
  const name = `${line(node)} → ${line(target)}`;
  const head = (text: string, style?: Paint): readonly string[] =>
    wrapped(`${name}: ${text}`, terminal.columns).map((one, index) =>
      index > 0 || !one.startsWith(name)
        ? tint(terminal, style, one)
        : paint(terminal, "bold", name) + tint(terminal, style, one.slice(name.length)),
    );
  if (failure !== undefined) {
    const hint = failure.hint === undefined ? "" : ` ${line(failure.hint)}`;
    return head(`what it would change cannot be told: ${stopped(line(failure.message))}${hint}`, "yellow");
  }
  if (preview === undefined) return head("it says nothing of what it would change");
  return [
    ...head(summary(preview)),
    ...preview.changes.flatMap((change) => changeLines(change, terminal)),
    ...backLines(preview, terminal),
    ...preview.notes.flatMap((note) => hanging("  note: ", line(note), terminal, "dim")),
  ];
}

const WORDS = {
  create: "to create",
  update: "to change",
  remove: "to remove",
  refused: "refused",
  unchanged: "unchanged",
} as const;

function summary({ live, current, changes }: TargetPreview): string {
  const now = live === undefined ? "nothing is live there" : `revision ${live} is live`;
  if (current) return `${now} already: nothing to do`;
  const counts = (Object.keys(WORDS) as (keyof typeof WORDS)[]).flatMap((kind) => {
    const count = changes.filter(({ change }) => change === kind).length;
    return count === 0 ? [] : [`${count} ${WORDS[kind]}`];
  });
  return [now, ...counts].join(", ");
}

const SIGNS: Readonly<Record<PreviewChange["change"], readonly [sign: string, style: Paint]>> = {
  create: ["+", "green"],
  update: ["~", "yellow"],
  remove: ["-", "red"],
  refused: ["!", "red"],
  unchanged: ["=", "dim"],
};

/** Nothing of what stays as it is: it is counted. */
function changeLines(
  { object, change, fields, conflicts, problem }: PreviewChange,
  terminal: Terminal,
): readonly string[] {
  if (change === "unchanged" && conflicts.length === 0) return [];
  const [sign, style] = SIGNS[change];
  return [
    ...hanging(`  ${paint(terminal, style, sign)} `, line(object), terminal),
    ...fields.flatMap((field) => fieldLines(field, terminal)),
    ...conflicts.flatMap(({ path, owner }) =>
      hanging(DEEP, `${line(path)} is set by ${line(owner)}`, terminal, "yellow"),
    ),
    ...(problem === undefined ? [] : hanging(DEEP, `refused: ${line(problem)}`, terminal, "red")),
  ];
}

const DEEP = "      ";

function fieldLines(
  { path, from, to }: PreviewChange["fields"][number],
  terminal: Terminal,
): readonly string[] {
  const name = line(path);
  // Cut to the same beginning, or hidden: that they differ is all there is to say.
  if (from !== undefined && from === to) return hanging(DEEP, `${name} changed`, terminal);
  const before = from === undefined ? undefined : line(from);
  const after = to === undefined ? undefined : line(to);
  const sides = [before === undefined ? [] : [before], after === undefined ? ["removed"] : [after]].flat();
  const short = `${name} ${sides.join(" → ")}`;
  if (cells(DEEP + short) <= terminal.columns) {
    const [last = ""] = sides.slice(-1);
    const start = short.slice(0, short.length - last.length);
    return [DEEP + start + paint(terminal, after === undefined ? "red" : "green", last)];
  }
  return [
    ...hanging(DEEP, name, terminal),
    ...(before === undefined ? [] : hanging(`${DEEP}  ${paint(terminal, "red", "-")} `, before, terminal)),
    ...(after === undefined ? [] : hanging(`${DEEP}  ${paint(terminal, "green", "+")} `, after, terminal)),
  ];
}

/** Whether a failure leaves anything behind. */
function backLines({ current, irreversible, changes }: TargetPreview, terminal: Terminal): readonly string[] {
  if (current) return [];
  if (changes.some(({ change }) => change === "refused"))
    return hanging("  ", "the release would be refused, before it changes anything", terminal, "red");
  if (irreversible.length === 0)
    return hanging("  ", "a release that fails can be taken back as a whole", terminal, "green");
  return [
    ...hanging("  ", "a release that fails cannot be taken back as a whole:", terminal, "yellow"),
    ...irreversible.flatMap((reason) => hanging("    - ", line(reason), terminal)),
  ];
}

/** Text behind a beginning, its further lines below where it starts. */
function hanging(start: string, text: string, terminal: Terminal, style?: Paint): readonly string[] {
  const indent = cells(start);
  return wrapped(text, terminal.columns - indent).map(
    (part, index) => (index === 0 ? start : " ".repeat(indent)) + tint(terminal, style, part),
  );
}

function tint(terminal: Terminal, style: Paint | undefined, text: string): string {
  return style === undefined ? text : paint(terminal, style, text);
}

/** On one line, and harmless: values come from wherever objects come from. */
function line(text: string): string {
  return safe(text).replaceAll("\n", " ");
}

function stopped(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

import { stripVTControlCharacters } from "node:util";

// controls but tab and newline, and what turns the direction of text around
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
const COLOUR = /\u001b\[[\d;]*m/g;

/** The text without escape sequences and control characters, on one line. */
export function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, " ").trim();
}

/** The text without escape sequences and control characters other than tabs and newlines. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replace(INVISIBLE, "");
}

/** The line as a terminal would leave it after its carriage returns, keeping colours and nothing else that controls. */
export function colouredLine(line: string, color: boolean): string {
  const shown = afterReturns(line);
  if (!shown.includes("\u001b")) return shown.replace(INVISIBLE, "");
  if (!color) return plainText(shown);
  let kept = "";
  let end = 0;
  for (const match of shown.matchAll(COLOUR)) {
    kept += plainText(shown.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  kept += plainText(shown.slice(end));
  return end === 0 ? kept : `${kept}\u001b[0m`;
}

/** The last line of raw output that shows anything, on one line; progress that overwrites itself counts as lines. */
export function lastLine(output: Buffer): string {
  const lines = output.toString("utf8").split(/[\r\n]+/);
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = oneLine(lines[index] ?? "");
    if (line !== "") return line;
  }
  return "";
}

function afterReturns(line: string): string {
  const text = line.replace(/\r+$/, "");
  return text.slice(text.lastIndexOf("\r") + 1);
}

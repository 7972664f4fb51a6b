import { readFile } from "node:fs/promises";
import path from "node:path";

const PAGE = path.join(import.meta.dirname, "../../../../docs/reference-events.md");

/** The tables of the reference page: by heading, whether each member is required. */
export async function documentedMembers(): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const tables = new Map<string, Record<string, string>>();
  let current: Record<string, string> | undefined;
  for (const line of (await readFile(PAGE, "utf8")).split("\n")) {
    const heading = /^### `?([\w.]+)`?$/.exec(line)?.[1];
    if (heading !== undefined) {
      current = {};
      tables.set(heading, current);
    }
    const member = /^\| `(\w+)(\??)`\s*\|/.exec(line);
    if (member?.[1] !== undefined && current !== undefined)
      current[member[1]] = member[2] === "?" ? "optional" : "required";
  }
  return tables;
}

import { sha256 } from "./canonical-json.ts";

const LONGEST = 180;

/**
 * The name of a node's log file: `verify/unit` gives `verify~unit.log`. Two ids never share a name, not even where the
 * file system ignores case, so capitals are escaped too (`%55nit`); an id too long for a file name ends in a digest.
 */
export function logFileName(nodeId: string): string {
  const escaped = nodeId.replace(/[^a-z0-9/._=,+@-]|^\./gu, escape).replaceAll("/", "~");
  // "%~" comes from no escape, so a shortened name is never the name of another id
  const name =
    escaped.length <= LONGEST ? escaped : `${escaped.slice(0, LONGEST)}%~${sha256(nodeId).slice(7, 39)}`;
  return `${name}.log`;
}

function escape(character: string): string {
  return Buffer.from(character).toString("hex").toUpperCase().replace(/../g, "%$&");
}

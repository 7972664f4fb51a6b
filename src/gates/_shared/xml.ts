import { messageOf } from "../../errors/index.ts";
import { invalid } from "./report-error.ts";

/** An element: attributes under `@name`, children in lists under their names. A bare one is its text alone. */
export type XmlElement = string | { readonly [key: string]: XmlChild };
type XmlChild = string | readonly XmlElement[];

export interface XmlDocument {
  readonly root: string;
  readonly element: XmlElement;
}

const HINT = "See what wrote it: it may have been cut off, or something else was saved under its name.";
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/**
 * Parses XML without expanding any entity but the five built-in ones and character numbers, and without fetching
 * anything. `drop` names elements that are not kept, for reports that hold the tests' output.
 *
 * @throws SluiceError `REPORT_INVALID`
 */
export async function parseXml(
  content: string,
  file: string,
  what: string,
  drop: readonly string[] = [],
): Promise<XmlDocument> {
  const source = content.replace(/^\uFEFF/, "").trim();
  if (/^<(?:!doctype\s+html|html[\s>])/i.test(source))
    throw invalid(file, `is an HTML page, not a ${what}`, HINT);
  if (!source.startsWith("<")) throw invalid(file, `is not XML, so not a ${what}`, HINT);
  refuseEntities(source, file);
  // The parser alone would take a report that was cut off. The validator's successor is a package of its own.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const { XMLParser, XMLValidator } = await import("fast-xml-parser");
  const valid = XMLValidator.validate(source);
  if (valid !== true) throw invalid(file, `is broken XML: ${valid.err.msg} (line ${valid.err.line})`, HINT);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    processEntities: false,
    parseTagValue: false,
    parseAttributeValue: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    removeNSPrefix: true,
    jPath: false,
    isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
    updateTag: (name) => (drop.includes(name) ? false : name),
  });
  let tree: Record<string, readonly XmlElement[] | string>;
  try {
    tree = parser.parse(source) as typeof tree;
  } catch (cause) {
    throw invalid(file, `is broken XML: ${messageOf(cause)}`, HINT, cause);
  }
  const roots = Object.entries(tree).flatMap(([root, found]) =>
    typeof found === "string" ? [] : found.map((element) => ({ root, element })),
  );
  const [first, second] = roots;
  if (first === undefined) throw invalid(file, `is XML without an element, so not a ${what}`, HINT);
  if (second !== undefined) throw invalid(file, `holds ${roots.length} XML documents in one file`, HINT);
  return first;
}

/** The children of this name, in order. */
export function children(element: XmlElement, name: string): readonly XmlElement[] {
  if (typeof element === "string") return [];
  const found = element[name];
  return found === undefined || typeof found === "string" ? [] : found;
}

/** An attribute with its entities decoded. */
export function attribute(element: XmlElement, name: string): string | undefined {
  if (typeof element === "string") return undefined;
  const value = element[`@${name}`];
  return typeof value === "string" ? decodeEntities(value) : undefined;
}

/** An attribute that is a whole number of at least 0; `undefined` where it is absent or anything else. */
export function countAttribute(element: XmlElement, name: string): number | undefined {
  const value = attribute(element, name)?.trim();
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

export function textOf(element: XmlElement): string {
  if (typeof element === "string") return decodeEntities(element);
  const value = element["#text"];
  return typeof value === "string" ? decodeEntities(value) : "";
}

function decodeEntities(value: string): string {
  if (!value.includes("&")) return value;
  return value.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot|apos));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
      const code = decimal === undefined ? parseInt(hex ?? "", 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/** No test, coverage or scan tool defines entities; whoever does wants something else than to report. */
function refuseEntities(source: string, file: string): void {
  let at = 0;
  for (;;) {
    while (at < source.length && /\s/.test(source.charAt(at))) at++;
    const end = source.startsWith("<?", at) ? "?>" : source.startsWith("<!--", at) ? "-->" : undefined;
    if (end === undefined) break;
    const close = source.indexOf(end, at + 2);
    if (close === -1) return;
    at = close + end.length;
  }
  if (!/^<!doctype/i.test(source.slice(at, at + 9))) return;
  const subset = source.indexOf("[", at);
  if (subset !== -1 && subset < source.indexOf(">", at)) {
    throw invalid(
      file,
      "has a document type with declarations of its own (entities), which are not read",
      "Let the tool write a plain report.",
    );
  }
}

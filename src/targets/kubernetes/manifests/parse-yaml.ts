import type { Document, ScalarTag, Tags, visit as Visit } from "yaml";
import type { ManifestProblems } from "./problems.ts";

/** A document with the place where it begins. */
export interface ParsedDocument {
  readonly value: unknown;
  /** `file:line:column`. */
  readonly where: string;
  /** The place of a member, by its path. */
  readonly place: (...path: readonly (string | number)[]) => string;
  /** Whole numbers that JavaScript cannot hold exactly, as they are written, and where. */
  readonly inexact: readonly { readonly where: string; readonly number: string }[];
}

/**
 * Reads YAML or JSON as `kubectl` does: YAML 1.1, in which `yes` is true and `0644` octal, but without its times of day
 * and dates, which stay text. A key that stands twice is a problem, where kubectl would silently take the last.
 *
 * Source: sigs.k8s.io/yaml, `goyaml.v2/resolve.go`.
 */
export async function parseYaml(
  text: string,
  file: string,
  problems: ManifestProblems,
): Promise<readonly ParsedDocument[]> {
  const { parseAllDocuments, LineCounter, isNode, visit } = await import("yaml");
  const lines = new LineCounter();
  const placeAt = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const documents = parseAllDocuments(text, {
    version: "1.1",
    customTags: asKubernetes,
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
  });
  if (!Array.isArray(documents)) return [];
  const parsed: ParsedDocument[] = [];
  for (const document of documents) {
    // A warning is a tag that is not known: its value would be taken for something that it is not.
    const faults = [...document.errors, ...document.warnings];
    for (const fault of faults) problems.add(placeAt(fault.pos[0]), sentence(fault.message));
    if (faults.length > 0 || document.contents === null) continue;
    const start = placeAt(document.contents.range[0]);
    try {
      parsed.push({
        value: document.toJS(),
        where: start,
        inexact: inexactIn(document, visit).map(({ at, number }) => ({ where: placeAt(at), number })),
        place: (...path) => {
          const node = document.getIn(path, true);
          return isNode(node) && node.range ? placeAt(node.range[0]) : start;
        },
      });
    } catch (error) {
      // Too many aliases, or one whose anchor is not there.
      problems.add(start, sentence((error as Error).message));
    }
  }
  return parsed;
}

function inexactIn(
  document: Document,
  visit: typeof Visit,
): readonly { readonly at: number; readonly number: string }[] {
  const found: { readonly at: number; readonly number: string }[] = [];
  visit(document, {
    Scalar: (_key, { value, source = "", range }) => {
      if (typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value)) return;
      // What is written as a fraction is one to Kubernetes too.
      if (!/^[-+]?0[xob]/.test(source) && /[.e]/i.test(source)) return;
      found.push({ at: range?.[0] ?? 0, number: source });
    },
  });
  return found;
}

/** Kinds of scalars that Kubernetes' reader takes for text, or that JSON cannot hold. */
const LEFT_OUT = new Set(["tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:binary"]);

const NEW_OCTAL: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  test: /^[-+]?0o[0-7]+$/,
  resolve: (text) => (text.startsWith("-") ? -1 : 1) * Number.parseInt(text.replace(/^[-+]?0o/, ""), 8),
};

function asKubernetes(tags: Tags): Tags {
  const kept = tags.filter(
    (tag) =>
      typeof tag === "string" || !(LEFT_OUT.has(tag.tag) || ("format" in tag && tag.format === "TIME")),
  );
  return [NEW_OCTAL, ...kept];
}

function sentence(message: string): string {
  const [first = ""] = message.split("\n");
  return first.charAt(0).toLowerCase() + first.slice(1);
}

import { isRecord, records, text, type JsonRecord } from "../_shared/json.ts";
import { invalid } from "../_shared/report-error.ts";

export interface FoundRule {
  readonly id: string;
  /** The rule's own description; absent where the report does not give it. */
  readonly descriptor: JsonRecord | undefined;
}

/**
 * The rule of a result (SARIF 2.1.0, 3.27.5 to 3.27.7 and 3.52): by index into the tool component that the result
 * names, else by id, where `CA1000/1` is a case of rule `CA1000`. @throws SluiceError `REPORT_INVALID`
 */
export function ruleOf(result: JsonRecord, run: JsonRecord, path: string): FoundRule {
  const reference = isRecord(result["rule"]) ? result["rule"] : {};
  const named = text(result["ruleId"]) ?? text(reference["id"]);
  const rules = rulesOf(componentOf(reference, run, path));
  const index = indexOf(result["ruleIndex"]) ?? indexOf(reference["index"]);
  const indexed = index === undefined ? undefined : rules[index];
  if (index !== undefined && indexed === undefined && rules.length > 0) {
    throw invalid(
      path,
      `has a result of rule ${index}, of which there are ${rules.length}`,
      "The report is damaged: run the tool again.",
    );
  }
  if (named === undefined) return { id: text(indexed?.["id"]) ?? "(no rule)", descriptor: indexed };
  if (indexed !== undefined && describes(indexed, named)) return { id: named, descriptor: indexed };
  const every = [rules, ...componentsOf(run).map(rulesOf)].flat();
  const descriptor =
    every.find((rule) => rule["id"] === named) ?? every.find((rule) => describes(rule, named));
  return { id: named, descriptor: descriptor ?? indexed };
}

function describes(rule: JsonRecord, id: string): boolean {
  return rule["id"] === id || id.startsWith(`${String(rule["id"])}/`);
}

function componentOf(reference: JsonRecord, run: JsonRecord, path: string): JsonRecord | undefined {
  const [driver, ...extensions] = componentsOf(run);
  const component = reference["toolComponent"];
  if (!isRecord(component)) return driver;
  const index = indexOf(component["index"]);
  if (index === undefined) return componentsOf(run).find((one) => sameComponent(one, component)) ?? driver;
  const extension = extensions[index];
  if (extension === undefined)
    throw invalid(
      path,
      `has a rule of extension ${index}, of which there are ${extensions.length}`,
      "The report is damaged: run the tool again.",
    );
  return extension;
}

function sameComponent(one: JsonRecord, reference: JsonRecord): boolean {
  return ["guid", "name"].some((key) => reference[key] !== undefined && one[key] === reference[key]);
}

/** The driver, then the extensions. */
function componentsOf(run: JsonRecord): readonly JsonRecord[] {
  const tool = isRecord(run["tool"]) ? run["tool"] : {};
  return [...(isRecord(tool["driver"]) ? [tool["driver"]] : []), ...records(tool["extensions"])];
}

function rulesOf(component: JsonRecord | undefined): readonly JsonRecord[] {
  return records(component?.["rules"]);
}

/** -1 is the format's way to say that there is none. */
function indexOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}

import type { z } from "zod";
import type { ParamSchemas } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";

/** A param as a flag of the command line. */
export interface ParamFlag {
  readonly name: string;
  /** Without the dashes: `dryRun` gives `dry-run`. */
  readonly flag: string;
  readonly kind: "boolean" | "number" | "string" | "json";
  /** Whether it may be given several times. */
  readonly list: boolean;
  /** For help: `local|aws`, `N`, `TEXT`. */
  readonly placeholder: string;
  readonly description: string | undefined;
  readonly initial: string | undefined;
  readonly required: boolean;
}

/** What zod documents for libraries: the kind of a schema and what is inside it. */
interface Def {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly values?: readonly unknown[];
  readonly options?: readonly z.ZodType[];
  readonly defaultValue?: unknown;
}

interface Shape {
  readonly kind: ParamFlag["kind"];
  readonly list: boolean;
  readonly placeholder: string;
  readonly initial: string | undefined;
  readonly optional: boolean;
}

/** Flags for a pipeline's params. @throws SluiceError `DEFINITION_INVALID` where one is taken */
export function paramFlags(schemas: ParamSchemas, taken: ReadonlySet<string>): readonly ParamFlag[] {
  return Object.entries(schemas).map(([name, schema]) => {
    const flag = flagName(name);
    if (taken.has(flag) || flag.startsWith("no-")) {
      throw new SluiceError(
        "DEFINITION_INVALID",
        `param "${name}" would be the flag --${flag}, which is taken`,
        {
          hint: "Give the param another name.",
        },
      );
    }
    const { optional, ...shape } = shapeOf(schema);
    return { name, flag, ...shape, description: schema.description, required: !optional };
  });
}

/** `dryRun` gives `dry-run`. */
export function flagName(param: string): string {
  return param.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/_/g, "-");
}

function shapeOf(schema: z.ZodType): Shape {
  const def = schema._zod.def as unknown as Def;
  switch (def.type) {
    case "default":
    case "prefault":
      return { ...inner(def), optional: true, initial: show(def.defaultValue) };
    case "optional":
    case "nullable":
    case "catch":
      return { ...inner(def), optional: true };
    case "readonly":
    case "nonoptional":
      return inner(def);
    case "pipe":
      return def.in === undefined ? TEXT : shapeOf(def.in);
    case "boolean":
      return { ...TEXT, kind: "boolean", placeholder: "" };
    case "number":
    case "int":
      return { ...TEXT, kind: "number", placeholder: "N" };
    case "enum":
      return { ...TEXT, placeholder: Object.values(def.entries ?? {}).join("|") };
    case "literal":
      return { ...TEXT, placeholder: (def.values ?? []).map(String).join("|") };
    case "array":
      return { ...(def.element === undefined ? TEXT : shapeOf(def.element)), list: true };
    case "object":
    case "record":
    case "tuple":
      return { ...TEXT, kind: "json", placeholder: "JSON" };
    default:
      return TEXT;
  }
}

const TEXT: Shape = { kind: "string", list: false, placeholder: "TEXT", initial: undefined, optional: false };

function inner(def: Def): Shape {
  return def.innerType === undefined ? TEXT : shapeOf(def.innerType);
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A flag's text as the value that the schema then judges: what does not convert is passed on, so that zod says why. */
export function convert(flag: ParamFlag, given: string | boolean | readonly (string | boolean)[]): unknown {
  if (Array.isArray(given)) return given.map((one: string | boolean) => convertOne(flag, one));
  return convertOne(flag, given as string | boolean);
}

function convertOne(flag: ParamFlag, given: string | boolean): unknown {
  if (typeof given === "boolean") return given;
  if (flag.kind === "number") {
    const value = given.trim() === "" ? Number.NaN : Number(given);
    return Number.isNaN(value) ? given : value;
  }
  if (flag.kind !== "json") return given;
  try {
    return JSON.parse(given) as unknown;
  } catch {
    return given;
  }
}

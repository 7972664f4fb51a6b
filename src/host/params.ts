import type { ParamSchemas } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";
import type { JsonObject } from "../model/index.ts";

/**
 * Params by their schemas; every problem at once.
 *
 * @throws SluiceError `PARAMS_INVALID`
 */
export function parseParams(
  pipeline: string,
  schemas: ParamSchemas,
  given: Readonly<Record<string, unknown>>,
): { readonly values: Readonly<Record<string, unknown>>; readonly json: JsonObject } {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(schemas, name)) problems.push(`${name}: there is no such param`);
  }
  for (const [name, schema] of Object.entries(schemas)) {
    const result = schema.safeParse(given[name]);
    if (result.success) values[name] = result.data;
    else {
      const missing = given[name] === undefined;
      for (const issue of result.error.issues) {
        const at = issue.path.length === 0 ? name : `${name}.${issue.path.join(".")}`;
        problems.push(`${at}: ${missing ? "it is required" : issue.message}`);
      }
    }
  }
  if (problems.length > 0) {
    const known = Object.keys(schemas);
    throw new SluiceError(
      "PARAMS_INVALID",
      `wrong params for pipeline "${pipeline}"\n  ${problems.join("\n  ")}`,
      {
        hint: known.length === 0 ? "The pipeline has no params." : `It has: ${known.join(", ")}. See --help.`,
      },
    );
  }
  // What a Plan shows of params that JSON cannot hold (dates, maps) is their JSON form.
  return { values, json: JSON.parse(JSON.stringify(values)) as JsonObject };
}

import type { ParamInputs, ParamSchemas, Pipeline } from "../builder/index.ts";
import type { Plan } from "../model/index.ts";
import { prepare } from "./prepare.ts";

/**
 * The Plan of a pipeline for given params.
 *
 * @throws SluiceError `PARAMS_INVALID`, `DEFINITION_THREW`
 * @throws DefinitionError with every mistake
 *
 * @example
 * ```ts
 * import { planOf } from "sluice";
 *
 * for (const node of planOf(pipe).nodes) console.log(node.id, node.uses);
 * ```
 */
export function planOf<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  options: { readonly params?: ParamInputs<Schemas>; readonly cwd?: string } = {},
): Plan {
  return prepare(pipe, options).plan;
}

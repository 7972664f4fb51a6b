import type { Json } from "./json.ts";
import type { Expression } from "./ref.ts";

/** When a stage or node runs, as data: it can be shown, exported and explained. */
export type Condition =
  /** The branch matches one of the globs. */
  | { readonly kind: "branch"; readonly patterns: readonly string[] }
  /** The commit is tagged and a tag matches one of the globs. */
  | { readonly kind: "tag"; readonly patterns: readonly string[] }
  /** A file changed since `base` matches one of the globs. */
  | { readonly kind: "change"; readonly globs: readonly string[]; readonly base: string | null }
  /** A fact known when the definition ran, usually of params. */
  | { readonly kind: "static"; readonly value: boolean; readonly reason: string }
  /** A node's output, compared when the time has come. */
  | { readonly kind: "value"; readonly value: Expression; readonly test: ValueTest }
  | { readonly kind: "all"; readonly of: readonly Condition[] }
  | { readonly kind: "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition };

/** How a condition looks at a value. */
export type ValueTest =
  | { readonly op: "truthy" }
  | { readonly op: "equals"; readonly to: Json }
  | { readonly op: "oneOf"; readonly of: readonly Json[] };

import type { ClusterContext } from "../../ports/index.ts";

/** The first of these variables that holds something: CI sets those of secrets that are absent to nothing. */
export function variable(env: ClusterContext["env"], ...names: readonly string[]): string | undefined {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== "");
}

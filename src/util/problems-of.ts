import { isSluiceError } from "../errors/index.ts";

/** What checks that throw `DEFINITION_INVALID` find wrong, as data. Any other error is thrown on. */
export function problemsOf(
  ...checks: readonly (() => unknown)[]
): { readonly message: string; readonly hint?: string }[] {
  return checks.flatMap((check) => {
    try {
      check();
      return [];
    } catch (error) {
      if (!isSluiceError(error) || error.code !== "DEFINITION_INVALID") throw error;
      const { message, hint } = error;
      return [hint === undefined ? { message } : { message, hint }];
    }
  });
}

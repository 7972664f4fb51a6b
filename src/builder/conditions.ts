import { SluiceError } from "../errors/index.ts";
import { type AnyRef, type Condition, type Json, refHandle } from "../model/index.ts";

/** Holds on branches that match one of the globs: `onBranch("main", "release/*")`. */
export function onBranch(...patterns: [string, ...string[]]): Condition {
  return { kind: "branch", patterns };
}

/** Holds where the commit carries a tag that matches one of the globs: `onTag("v*")`. */
export function onTag(...patterns: [string, ...string[]]): Condition {
  return { kind: "tag", patterns };
}

/**
 * Holds where a file that changed since `base` matches one of the globs (relative to the root).
 *
 * Without `base`: in a merge or pull request, since its target branch; on another branch than the default one, since
 * it left that; else since the commit before. Changes not committed yet count. Where nothing can be found out, the
 * condition holds: work is then done in vain, never left out by mistake.
 *
 * @example
 * ```ts
 * const api = p.stage("api", { when: onChange("packages/api/**", "packages/shared/**") });
 * ```
 */
export function onChange(...globs: [string, ...string[]]): Condition & { since(base: string): Condition } {
  const condition = { kind: "change", globs, base: null } as const;
  return Object.defineProperty(
    { ...condition, since: (base: string): Condition => ({ ...condition, base }) },
    "since",
    {
      enumerable: false,
    },
  );
}

/**
 * Holds for a fact known now (usually of params), or for a node's output once it is there.
 *
 * Give a boolean with a `reason` for plan and skip messages; or a ref, with `{ equals }` or `{ oneOf }`, without which it
 * holds for any value but false, 0, "", null and undefined.
 *
 * @example
 * ```ts
 * const slow = p.stage("slow", { when: when(params.nightly, "--nightly is given") });
 * const notify = verify.job("notify", sh`./notify.sh`, { when: when(audit.exitCode, { equals: 3 }) });
 * ```
 */
export function when(value: boolean, reason: string): Condition;
export function when(
  value: AnyRef,
  test?: { readonly equals: Json } | { readonly oneOf: readonly Json[] },
): Condition;
export function when(
  value: boolean | AnyRef,
  detail?: string | { readonly equals: Json } | { readonly oneOf: readonly Json[] },
): Condition {
  const handle = refHandle(value);
  if (handle === undefined) {
    if (typeof value === "boolean" && typeof detail === "string")
      return { kind: "static", value, reason: detail };
    throw new SluiceError("DEFINITION_INVALID", "when() takes a boolean with a reason, or a ref", {
      hint: 'For example: when(params.nightly, "--nightly is given").',
    });
  }
  const test =
    typeof detail !== "object"
      ? ({ op: "truthy" } as const)
      : "equals" in detail
        ? ({ op: "equals", to: detail.equals } as const)
        : ({ op: "oneOf", of: detail.oneOf } as const);
  // The ref itself stays in place until compilation, which checks its owner and turns it into data.
  return { kind: "value", value: value as never, test };
}

/** Holds where all of them do. */
export function allOf(...of: [Condition, ...Condition[]]): Condition {
  return { kind: "all", of };
}

/** Holds where one of them does. */
export function anyOf(...of: [Condition, ...Condition[]]): Condition {
  return { kind: "any", of };
}

/** Holds where it does not. */
export function not(of: Condition): Condition {
  return { kind: "not", of };
}

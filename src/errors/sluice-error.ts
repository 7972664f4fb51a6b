import type { ErrorCode } from "./codes.ts";
import type { SourceLocation } from "./location.ts";
import { formatLocation } from "./location.ts";

/** The brand that survives two copies of the package in one process, where `instanceof` would not. */
const BRAND: unique symbol = Symbol.for("sluice.error");

/** What a {@link SluiceError} is made of. */
export interface SluiceErrorOptions {
  /** Where the matter stands in the definition or the file concerned, for example `stage "verify" > job "unit"`. */
  readonly path?: string | undefined;
  /** The place in the user's own code. */
  readonly at?: SourceLocation | undefined;
  /** What to do next: one imperative sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The one error class that Sluice throws. Tell errors apart by {@link SluiceError.code}, never by the text.
 *
 * @example
 * ```ts
 * import { isSluiceError, run } from "sluice";
 *
 * try {
 *   await run(pipe, { params: { cloud: "mars" } });
 * } catch (error) {
 *   if (isSluiceError(error) && error.code === "PARAMS_INVALID") console.error(error.message);
 *   else throw error;
 * }
 * ```
 */
export class SluiceError extends Error {
  override readonly name: string = "SluiceError";
  /** A literal from the documented table of codes. */
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly at: SourceLocation | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: SluiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.path = options.path;
    this.at = options.at;
    this.hint = options.hint;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The error as a user should read it: what, where, what next. Holds no stack. */
  describe(): string {
    const where = [this.path, this.at && formatLocation(this.at)]
      .filter((part) => part !== undefined)
      .join(" at ");
    const lines = [`${this.message} [${this.code}]`];
    if (where !== "") lines.push(`  where: ${where}`);
    if (this.hint !== undefined) lines.push(`  next:  ${this.hint}`);
    return lines.join("\n");
  }
}

/** Whether `error` is a {@link SluiceError}, also one from another copy of the package. */
export function isSluiceError(error: unknown): error is SluiceError {
  return typeof error === "object" && error !== null && BRAND in error;
}

import type { Json } from "../model/index.ts";

/** A place that holds one secret. A value given in `pipeline({ secrets })`. */
export interface SecretSource {
  readonly kind: "secret-source";
  /** For example `env`. */
  readonly source: string;
  /** What identifies it there; goes into the Plan, so it must not be secret itself. */
  readonly with: Json;
  /** The value. A rejection's message says what to do and never holds the value. */
  readonly resolve: (context: SecretContext) => Promise<string>;
}

export interface SecretContext {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

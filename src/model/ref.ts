/** Keys of what Ref and Secret carry. Registered symbols, so that two copies of the package understand each other. */
export const REF: unique symbol = Symbol.for("sluice.ref");
export const SECRET: unique symbol = Symbol.for("sluice.secret");

declare const value: unique symbol;
declare const passed: unique symbol;
declare const named: unique symbol;

/** The gates that a value has passed, as a type: `Evidence<"answers" | "approval">`. */
export type Evidence<Passed extends string> = { readonly [Gate in Passed]: true };

/** Phantom part of a {@link Ref}: the value's type and the gates passed. More gates fit where fewer are asked for. */
export interface RefCore<out T, in Passed extends string> {
  readonly [value]: T;
  readonly [passed]: Evidence<Passed>;
}

/**
 * A typed handle to a value that a node will produce. Passing it anywhere creates the edge; reading a field gives
 * a ref to that field; `Passed` names the gates that the value has passed.
 */
export type Ref<T, Passed extends string = never> = RefCore<T, Passed> & RefFields<T, Passed>;

// A ref to a value that may be absent has refs to fields that may be absent.
type RefFields<T, Passed extends string> = [NonNullable<T>] extends [
  readonly unknown[] | string | number | boolean,
]
  ? unknown
  : { readonly [Key in keyof NonNullable<T>]-?: Ref<NonNullable<T>[Key] | Extract<T, undefined>, Passed> };

/** Any ref, whatever it holds. */
export type AnyRef = RefCore<unknown, never>;

/** The value type of a ref. */
export type ValueOf<R> = R extends RefCore<infer T, never> ? T : never;

/** A value, or a ref to one. */
export type Input<T> = T | RefCore<T, never>;

/** Phantom part of a job's ref: the names of the artifacts that the job declares. */
export interface WithArtifacts<in Names extends string> {
  readonly [named]: { readonly [Name in Names]: true };
}

/**
 * A secret's handle inside a definition. It is not a string, on purpose: its value exists only while a node that
 * names it runs, travels by environment, and is masked wherever it might be printed.
 */
export interface Secret {
  readonly [SECRET]: SecretHandle;
}

/** What a Secret carries at run time. */
export interface SecretHandle {
  readonly owner: object;
  readonly name: string;
}

/** What a Ref carries at run time (under {@link REF}): where its value will come from. */
export interface RefHandle {
  /** The definition that it belongs to: a ref means nothing in another pipeline. */
  readonly owner: object;
  readonly expression: Expression;
  /** The gates that the value has passed, in order, each with its node. */
  readonly passed: readonly PassedGate[];
}

export interface PassedGate {
  readonly gate: string;
  readonly node: string;
}

/** A ref as data, the form in which it stands in a Plan. */
export type Expression =
  | { readonly $ref: string; readonly path: readonly string[] }
  | { readonly $artifact: string; readonly name: string; readonly path: readonly string[] }
  | { readonly $all: readonly Expression[] };

/** A secret as data, the form in which it stands in a Plan. */
export interface SecretExpression {
  readonly $secret: string;
}

/** The ref's run-time part, or `undefined` where `candidate` is no ref. */
export function refHandle(candidate: unknown): RefHandle | undefined {
  if ((typeof candidate !== "object" && typeof candidate !== "function") || candidate === null)
    return undefined;
  return (candidate as { [REF]?: RefHandle })[REF];
}

/** The secret's run-time part, or `undefined` where `candidate` is no secret. */
export function secretHandle(candidate: unknown): SecretHandle | undefined {
  if (typeof candidate !== "object" || candidate === null) return undefined;
  return (candidate as { [SECRET]?: SecretHandle })[SECRET];
}

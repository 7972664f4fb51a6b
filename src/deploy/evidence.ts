import { REF, refHandle, type AnyRef, type Input, type RefCore, type Secret } from "../model/index.ts";

type PassedBy<V> =
  V extends RefCore<unknown, infer P>
    ? (gates: P) => void
    : V extends Secret
      ? never
      : V extends object
        ? PassedBy<V[keyof V]>
        : never;

/** The gates that all refs anywhere in `V` have passed; `never` where there is none. */
export type GatesIn<V> = [PassedBy<V>] extends [never]
  ? never
  : PassedBy<V> extends (gates: infer Gates extends string) => void
    ? Gates
    : never;

/**
 * The gates that an image has passed: those of its ref; none for one that is named by text. Where there is no image, it
 * takes nothing away from what else the app is made of, which is what `string` says.
 */
export type ImageGates<Image> = [Image] extends [undefined]
  ? string
  : [Image] extends [RefCore<string, infer Passed>]
    ? Passed
    : never;

/**
 * What an app that is made of several values stands for: a ref that has passed only the gates that all of them have.
 * `undefined` where one of them is no ref, because then no gate has seen it.
 */
export function commonSubject<Passed extends string>(
  parts: readonly Input<unknown>[],
): RefCore<unknown, Passed> | undefined {
  const [first, ...others] = parts.map(refHandle);
  if (first === undefined || others.includes(undefined)) return undefined;
  if (others.length === 0) return parts[0] as RefCore<unknown, Passed>;
  const passed = first.passed.filter(({ gate }) =>
    others.every((other) => other?.passed.some((one) => one.gate === gate)),
  );
  return { [REF]: { ...handleOf(first), passed } } as unknown as RefCore<unknown, Passed>;
}

// A ref's handle is a class with accessors; only its data counts.
function handleOf({ owner, expression }: NonNullable<ReturnType<typeof refHandle>>): object {
  return { owner, expression };
}

/** Every ref anywhere in a value. */
export function refsIn(value: unknown): readonly AnyRef[] {
  if (refHandle(value) !== undefined) return [value as AnyRef];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(refsIn);
}

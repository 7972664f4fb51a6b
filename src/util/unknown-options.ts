import { nearest } from "./nearest.ts";

/** Up to so many names are told in full where none is near to the one that was given. */
const FEW = 12;

/**
 * What is wrong with the names of options: each that nobody reads, with the one that was perhaps meant.
 *
 * @param at - where the options stand, `health` for example; empty at the top
 */
export function unknownOptions(given: object, known: readonly string[], at = ""): readonly string[] {
  const path = (name: string): string => (at === "" ? name : `${at}.${name}`);
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known);
      const others = known.length > FEW ? "" : `, only ${known.join(", ")}`;
      return `there is no option ${path(name)}${near === undefined ? others : `: did you mean ${path(near)}?`}`;
    });
}

/** Closes a switch over a union: does not compile while a variant is left, and throws on data from outside. */
export function unreachable(value: never): never {
  throw new TypeError(`unreachable variant: ${JSON.stringify(value)}`);
}

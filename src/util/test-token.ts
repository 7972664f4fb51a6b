import { hash } from "node:crypto";

/** Characters of a {@link testToken}. */
export const TOKEN_LENGTH = 8;

const SHORT = /^#[\w-]{8}$/;

/**
 * What stands for a test's name where the names of all tests would be too much to keep of each run: 48 bits of its
 * SHA-256 as 8 characters of base64url. A name that {@link shortName} gave has the token of the name it came from.
 */
export function testToken(name: string): string {
  return isShort(name) ? name.slice(1) : hash("sha256", name, "base64url").slice(0, TOKEN_LENGTH);
}

/** The token in a list of names, told apart from them by its `#`. */
export function shortName(name: string): string {
  return `#${testToken(name)}`;
}

/** Whether a text of a list of names is a token rather than a name. */
export function isShort(name: string): boolean {
  return SHORT.test(name);
}

import { Matcher } from "./matcher.ts";
import { needlesOf, type NamedSecret } from "./needles.ts";
import { createMaskStream, maskBytes, type MaskStream } from "./stream.ts";

/** What JSON can hold. */
export type MaskableJson =
  string | number | boolean | null | readonly MaskableJson[] | { readonly [key: string]: MaskableJson };

/** Replaces secrets by `***`. */
export interface Masker {
  /** `text` with every secret replaced; `text` itself where it holds none. */
  mask(text: string): string;
  /** The same for every string and key of `value`; `value` itself where nothing changes. */
  maskJson(value: MaskableJson): MaskableJson;
  /** For bytes that come in pieces. One stream for each source: two must not be mixed. */
  stream(): MaskStream;
  /** What is not masked and why, naming the secret and never its value. */
  readonly warnings: readonly string[];
}

/**
 * Makes a masker for the secrets of one run. It finds a secret as it is and as base64 (and base64url, at every
 * alignment, wrapped or not), hex, URL-encoded, JSON-escaped (also twice), shell-quoted and in markup; a secret of
 * several lines also line by line. Secrets and lines of fewer than 4 characters are not masked; see
 * {@link Masker.warnings}. Characters of base64 that the secret shares with what stands before or after it stay.
 *
 * @example
 * ```ts
 * const masker = createMasker([{ name: "token", value: "hunter2hunter2" }]);
 * masker.mask("Authorization: hunter2hunter2"); // "Authorization: ***"
 * ```
 */
export function createMasker(secrets: Iterable<NamedSecret>): Masker {
  const { needles, warnings } = needlesOf(secrets);
  if (needles.length === 0) return { ...NOTHING_TO_MASK, warnings };
  const matcher = new Matcher(needles);
  const mask = (text: string): string => {
    const bytes = Buffer.from(text);
    const masked = maskBytes(matcher, bytes);
    return masked === bytes ? text : Buffer.from(masked).toString();
  };
  return {
    mask,
    maskJson: (value) => maskJson(value, mask),
    stream: () => createMaskStream(matcher),
    warnings,
  };
}

const IDENTITY: MaskStream = { push: (chunk) => chunk, flush: () => new Uint8Array(0) };

const NOTHING_TO_MASK = {
  mask: (text: string): string => text,
  maskJson: (value: MaskableJson): MaskableJson => value,
  stream: (): MaskStream => IDENTITY,
};

function maskJson(value: MaskableJson, mask: (text: string) => string): MaskableJson {
  if (typeof value === "string") return mask(value);
  if (typeof value !== "object" || value === null) return value;
  if (isArray(value)) {
    const items = value.map((item) => maskJson(item, mask));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  let changed = false;
  const members = new Map<string, MaskableJson>();
  for (const [key, member] of Object.entries(value)) {
    let name = mask(key);
    // Two keys that were secrets stay two members.
    while (name !== key && (members.has(name) || name in value)) name += "*";
    const masked = maskJson(member, mask);
    changed ||= name !== key || masked !== member;
    members.set(name, masked);
  }
  return changed ? Object.fromEntries(members) : value;
}

function isArray(value: object): value is readonly MaskableJson[] {
  return Array.isArray(value);
}

import { SluiceError } from "../../../errors/index.ts";
import type { Reader } from "../../../util/state/reader.ts";

/** Text, or a number as text. */
export function wordOf(read: Reader): (value: unknown, at: string) => string {
  return (value, at) => (typeof value === "number" ? String(value) : read.text(value, at));
}

export function readImage(value: unknown, at: string, read: Reader): string {
  const image = read.text(value, at);
  if (/^[^\s$]+$/.test(image)) return image;
  throw new SluiceError(
    "DEFINITION_INVALID",
    `the app's ${at} is ${JSON.stringify(image)}, which names no image`,
    {
      hint: "Where a job gives it, print the name alone; sh`...`.text() leaves the line feed out.",
    },
  );
}

export function secretName(value: unknown, at: string, read: Reader): string {
  return read.text(read.object(value, at)["$secret"], `${at}.$secret`);
}

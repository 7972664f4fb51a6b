import { writeSync } from "node:fs";

/** A write may take less than it is given, on a disk that is nearly full for example. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done);
}

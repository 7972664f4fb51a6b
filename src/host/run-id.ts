import { randomBytes } from "node:crypto";

/** An id that sorts by time and reads as one: `20261122-203832-4f9a1c` (UTC). */
export function newRunId(now: number): string {
  const stamp = new Date(now).toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  return `${stamp}-${randomBytes(3).toString("hex")}`;
}

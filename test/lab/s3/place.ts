import { randomBytes } from "node:crypto";
import type { RunStore } from "../../../src/ports/index.ts";
import { s3, type S3Options } from "../../../src/stores/s3/index.ts";
import { tempFolder } from "../../fixtures/temp-folder.ts";

/** The server that the lab has brought up. */
export const SERVER = {
  bucket: process.env["SLUICE_S3_BUCKET"] ?? "",
  endpoint: process.env["SLUICE_S3_ENDPOINT"] ?? "",
  forcePathStyle: true,
} as const;

/** A prefix that no other test has. */
export function newPrefix(): string {
  return `test-${randomBytes(6).toString("hex")}`;
}

/** Opens a store as one more machine would: with a state folder of its own. */
export async function openStore(options: S3Options, stateDir = tempFolder()): Promise<RunStore> {
  return await s3(options).open({ root: stateDir, stateDir, env: process.env });
}

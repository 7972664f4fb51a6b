import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, messageOf, SluiceError } from "../../errors/index.ts";

/** Replaces a file as a whole: after a crash there is the old content or the new one. Throws `STATE_UNWRITABLE`. */
export async function writeAtomic(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    await writeDurably(draft, text);
    await rename(draft, file);
    await syncFolder(dirname(file));
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw unwritable(file, cause);
  }
}

/** Writes a new file and waits until it is on the disk. */
export async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder that only its owner may enter. Throws `STATE_UNWRITABLE`. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/** The JSON in a file; `undefined` where there is no such file. Throws `STATE_CORRUPT`. */
export async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw corrupt(file, "cannot be read", cause);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw corrupt(file, "is not JSON", cause);
  }
}

/** The error for a file that is there and makes no sense. */
export function corrupt(file: string, problem: string, cause?: unknown): SluiceError {
  return new SluiceError("STATE_CORRUPT", `${file} ${problem}`, {
    path: file,
    hint: "Restore the file from a backup, or end the processes that it describes and move the target's folder away.",
    cause,
  });
}

/** The error for a place that takes no writes. */
export function unwritable(path: string, cause: unknown): SluiceError {
  const reason = messageOf(cause);
  return new SluiceError("STATE_UNWRITABLE", `${path} cannot be written: ${reason}`, {
    path,
    hint:
      codeOf(cause) === "ENOSPC"
        ? "Free some disk space."
        : "Check that the state folder exists and may be written.",
    cause,
  });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch {
    // Some file systems cannot sync a folder; the rename itself has happened.
  } finally {
    await handle.close();
  }
}

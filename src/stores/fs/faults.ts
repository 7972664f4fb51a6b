import { messageOf, SluiceError } from "../../errors/index.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  ENOTDIR: "a part of the path is not a folder",
  EMFILE: "too many files are open",
};

/** A fault of the file system, said in words. */
export function unwritable(path: string, error: unknown): SluiceError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  const reason = REASONS[code] ?? messageOf(error);
  return new SluiceError("STATE_UNWRITABLE", `cannot write ${path}: ${reason}`, {
    hint: "Make room or give permission, or choose another folder with --state-dir.",
    cause: error,
  });
}

/** As {@link unwritable}, where something cannot be read. */
export function unreadable(path: string, error: unknown): SluiceError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  return new SluiceError("STATE_UNREADABLE", `cannot read ${path}: ${REASONS[code] ?? messageOf(error)}`, {
    hint: "Give permission, or look after the disk.",
    cause: error,
  });
}

/** Does `work`, turning faults of the file system into {@link unwritable}. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unwritable(path, error);
  }
}

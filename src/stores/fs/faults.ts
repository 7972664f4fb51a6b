import { codeOf, diskReason, messageOf, SluiceError } from "../../errors/index.ts";

/** A fault of the file system, said in words. */
export function unwritable(path: string, error: unknown): SluiceError {
  return new SluiceError("STATE_UNWRITABLE", `cannot write ${path}: ${reasonOf(error)}`, {
    hint: "Make room or give permission, or choose another folder with --state-dir.",
    cause: error,
  });
}

/** As {@link unwritable}, where something cannot be read. */
export function unreadable(path: string, error: unknown): SluiceError {
  return new SluiceError("STATE_UNREADABLE", `cannot read ${path}: ${reasonOf(error)}`, {
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

function reasonOf(error: unknown): string {
  return diskReason(codeOf(error)) ?? messageOf(error);
}

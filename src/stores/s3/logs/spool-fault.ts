import { messageOf, SluiceError } from "../../../errors/index.ts";

/** Does `work` on a file of the spool. @throws SluiceError `STATE_UNWRITABLE` */
export function spoolFault<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = messageOf(error);
    throw new SluiceError("STATE_UNWRITABLE", `cannot write ${file}: ${reason}`, {
      path: file,
      hint: "Make room or give permission, or choose another folder with --state-dir.",
      cause: error,
    });
  }
}

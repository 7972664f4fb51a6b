import { SluiceError } from "../../errors/index.ts";
import { oneLine } from "./text.ts";

/** A report that cannot be judged. `problem` follows the file's name: `is empty`. */
export function invalid(file: string, problem: string, hint: string, cause?: unknown): SluiceError {
  return new SluiceError("REPORT_INVALID", `${file} ${oneLine(problem, 400)}`, { path: file, hint, cause });
}

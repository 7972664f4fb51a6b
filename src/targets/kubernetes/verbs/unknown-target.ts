import { SluiceError } from "../../../errors/index.ts";

/** The error for a target on which nothing was ever deployed. */
export function unknownTarget(name: string, where: string): SluiceError {
  return new SluiceError("TARGET_UNKNOWN", `nothing was ever deployed to target "${name}" (${where})`, {
    hint: "Deploy to it first.",
  });
}

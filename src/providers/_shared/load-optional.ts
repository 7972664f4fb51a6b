import { codeOf, SluiceError } from "../../errors/index.ts";

/**
 * Imports an optional package, in the first call that needs it.
 *
 * @param user what needs it, for the message: `eks()`
 * @throws SluiceError `DEPENDENCY_MISSING`, with the command that installs it
 */
export async function loadOptional<T>(name: string, importer: () => Promise<T>, user: string): Promise<T> {
  try {
    return await importer();
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new SluiceError("DEPENDENCY_MISSING", `${user} needs the package ${name}`, {
      hint: `Install it: npm install ${name}`,
      cause: error,
    });
  }
}

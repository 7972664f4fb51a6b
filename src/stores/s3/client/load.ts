import { codeOf, SluiceError } from "../../../errors/index.ts";
import type { S3Api } from "./api.ts";

/**
 * Makes a client of the SDK, which is loaded only now.
 *
 * @throws SluiceError `DEPENDENCY_MISSING`
 */
export async function loadClient(config: Record<string, unknown>): Promise<S3Api> {
  try {
    const { S3 } = await import("@aws-sdk/client-s3");
    return new S3(config);
  } catch (error) {
    if (codeOf(error) !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new SluiceError("DEPENDENCY_MISSING", "s3() needs the package @aws-sdk/client-s3", {
      hint: "Install it: npm install @aws-sdk/client-s3",
      cause: error,
    });
  }
}

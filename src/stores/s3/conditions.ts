import { SluiceError } from "../../errors/index.ts";
import type { Bucket } from "./bucket.ts";
import { CONDITIONS } from "./keys.ts";

const TEXT = "Sluice has found out with this object that the storage knows conditional writes.\n";

/** No object has it: etags are digests of at least one byte, or longer. */
const NO_ETAG = '"00000000000000000000000000000000"';

/**
 * Makes sure that the storage refuses a write whose condition does not hold. One that ignores conditions would let two
 * processes take the same run, and nobody would notice.
 *
 * @throws SluiceError `STATE_UNWRITABLE`
 */
export async function checkConditions(bucket: Bucket): Promise<void> {
  const absent = { when: { absent: true } } as const;
  if ((await bucket.put(CONDITIONS, TEXT, absent)) !== undefined) {
    // It was not there; now it is, so the same must be refused.
    if ((await bucket.put(CONDITIONS, TEXT, absent)) !== undefined)
      throw unconditional(bucket, "If-None-Match");
  }
  if ((await bucket.put(CONDITIONS, TEXT, { when: { etag: NO_ETAG } })) !== undefined)
    throw unconditional(bucket, "If-Match");
}

function unconditional(bucket: Bucket, header: string): SluiceError {
  return new SluiceError(
    "STATE_UNWRITABLE",
    `the storage of ${bucket.location} does not heed ${header} on PUT`,
    {
      path: bucket.url(CONDITIONS),
      hint: "Runs can only be shared on a storage with conditional writes. See docs/shared-runs.md.",
    },
  );
}

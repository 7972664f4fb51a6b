import { SluiceError } from "../../errors/index.ts";
import type { Plan } from "../../model/index.ts";
import { upgradePlan } from "../_shared/upgrade.ts";
import type { Bucket } from "./bucket.ts";
import { isRunId, planKey } from "./keys.ts";

/** A Plan as it is kept, with what tells the write of one process from that of another. */
interface StoredPlan {
  readonly by: string;
  readonly plan: Plan;
}

/**
 * Keeps the Plan of a new run, which makes the run. `by` is known to this process alone.
 *
 * @returns the Plan that is there, where the run was made before
 */
export async function makePlan(
  bucket: Bucket,
  run: string,
  by: string,
  plan: Plan,
): Promise<Plan | undefined> {
  const key = planKey(run);
  const text = JSON.stringify({ by, plan } satisfies StoredPlan);
  if ((await bucket.put(key, text, { when: { absent: true } })) !== undefined) return undefined;
  const there = await bucket.getJson(key);
  if ((there?.value as Partial<StoredPlan> | undefined)?.by === by) return undefined;
  return await readPlan(bucket, run);
}

/** @throws SluiceError `RUN_UNKNOWN`, `STATE_CORRUPT` */
export async function readPlan(bucket: Bucket, run: string): Promise<Plan> {
  const found = isRunId(run) ? await bucket.getJson(planKey(run)) : undefined;
  if (found === undefined) throw unknownRun(bucket, run);
  return upgradePlan((found.value as Partial<StoredPlan> | null)?.plan, bucket.url(planKey(run)));
}

export function unknownRun(bucket: Bucket, run: string): SluiceError {
  return new SluiceError("RUN_UNKNOWN", `there is no run "${run}" in ${bucket.location}`, {
    hint: "Check the id, the bucket and the prefix.",
  });
}

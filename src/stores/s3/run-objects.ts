import type { Bucket, ObjectFacts } from "./bucket.ts";
import { idOfKey, isRunId, leaseKey, planKey, PLANS, runPrefix, stateKey } from "./keys.ts";
import { unknownRun } from "./stored-plan.ts";

/** Ids, the newest first. */
export async function listRuns(bucket: Bucket): Promise<readonly string[]> {
  const found: { run: string; made: number }[] = [];
  for await (const { key, modified } of bucket.list(PLANS))
    found.push({ run: idOfKey(key, PLANS), made: modified });
  // Times are whole seconds on many servers, and ids that Sluice gives sort by time.
  found.sort((a, b) => b.made - a.made || (a.run < b.run ? 1 : -1));
  return found.map(({ run }) => run);
}

/** Bytes of all objects of a run. Throws `RUN_UNKNOWN`. */
export async function sizeOfRun(bucket: Bucket, run: string): Promise<number> {
  let { size: bytes } = await known(bucket, run);
  for await (const { size } of bucket.list(runPrefix(run))) bytes += size;
  return bytes;
}

/** Throws `RUN_UNKNOWN`. */
export async function removeRun(bucket: Bucket, run: string): Promise<void> {
  await known(bucket, run);
  const keys: string[] = [];
  for await (const { key } of bucket.list(runPrefix(run))) keys.push(key);
  const last = [stateKey(run), leaseKey(run)];
  await bucket.delete(keys.filter((key) => !last.includes(key)));
  await bucket.delete(last);
  // What lists the run goes last, so that a removal that was cut short can be made again.
  await bucket.delete([planKey(run)]);
}

async function known(bucket: Bucket, run: string): Promise<ObjectFacts> {
  const plan = isRunId(run) ? await bucket.head(planKey(run)) : undefined;
  if (plan === undefined) throw unknownRun(bucket, run);
  return plan;
}

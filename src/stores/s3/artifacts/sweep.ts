import type { Swept } from "../../../ports/index.ts";
import type { Bucket, ListedObject } from "../bucket.ts";
import { ARTIFACTS, digestOfKey } from "../keys.ts";

/** Objects that are looked at again together, and deleted at once: few, so that the look is fresh. */
const AT_ONCE = 16;

/**
 * See `ArtifactStore.sweep`. S3 cannot make a deletion depend on the time of an object, so each is looked at again right
 * before: a process that keeps it again makes it new first.
 */
export async function sweepObjects(
  bucket: Bucket,
  keep: ReadonlySet<string>,
  before: number,
  dry: boolean,
): Promise<Swept> {
  let files = 0;
  let bytes = 0;
  let due: ListedObject[] = [];
  const remove = async (): Promise<void> => {
    const old = dry ? due : await stillOld(bucket, due, before);
    due = [];
    if (!dry) await bucket.delete(old.map(({ key }) => key));
    files += old.length;
    for (const { size } of old) bytes += size;
  };
  for await (const object of bucket.list(ARTIFACTS)) {
    if (keep.has(digestOfKey(object.key)) || object.modified >= before) continue;
    due.push(object);
    if (due.length === AT_ONCE) await remove();
  }
  await remove();
  return { files, bytes };
}

async function stillOld(
  bucket: Bucket,
  objects: readonly ListedObject[],
  before: number,
): Promise<readonly ListedObject[]> {
  const now = await Promise.all(objects.map(({ key }) => bucket.head(key)));
  return objects.filter((_, index) => (now[index]?.modified ?? before) < before);
}

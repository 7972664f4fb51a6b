import type { RolloutDriver } from "../../../../ports/index.ts";
import type { RenderedService } from "../../render/types.ts";
import type { Session } from "../session.ts";
import { abortCandidate } from "./abort.ts";
import { adoptCandidate, servesAlone } from "./adopt.ts";
import { resizeStable } from "./resize-stable.ts";

/**
 * Makes good what a run that was killed may have left, and takes over what it had begun of the same release. The same
 * release in another size is resized.
 */
export async function makeGood(session: Session, rendered: RenderedService): Promise<void> {
  const now = await session.look();
  const { stable, candidate } = now;
  if (candidate !== undefined) {
    const { header } = candidate.release;
    if (header.digest !== rendered.digest || header.returning) {
      // A newer release is the way on from one that is held: who deploys it has decided that.
      if (servesAlone(now)) {
        await adoptCandidate(session, now);
        await makeGood(session, rendered);
        return;
      }
      await abortCandidate(session, `left unfinished, and replaced by run ${session.place.run}`, {
        anyway: true,
      });
    } else if (header.fence !== session.fence) {
      // From here on whoever had begun it is stopped by its own next write.
      await session.records.update(candidate.release, {});
    }
  }
  if (stable?.release.header.digest !== rendered.digest) return;
  if (candidate?.release.header.digest === rendered.digest) return;
  await resizeStable(session, stable, rendered);
}

/** The same for objects that roll out by themselves. */
export async function makeGoodBundle(
  session: Session,
  driver: Pick<RolloutDriver, "abort">,
  digest: string,
): Promise<void> {
  const [left] = await session.records.list(["pending"]);
  if (left === undefined) return;
  if (left.header.digest !== digest) {
    await driver.abort(`left unfinished, and replaced by run ${session.place.run}`);
  } else if (left.header.fence !== session.fence) {
    await session.records.update(left, {});
  }
}

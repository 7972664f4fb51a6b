import { messageOf } from "../../../errors/index.ts";
import type { TargetContext } from "../../../ports/index.ts";
import type { KubeObject } from "../api/types.ts";
import { scrubber } from "../apply/scrub.ts";
import type { Session } from "../driver/session.ts";
import type { ReleasePayload, StoredRelease } from "../release/types.ts";

/**
 * A context whose mask learns what the records of releases hold. The pipeline knows the values of its secrets as they are
 * now; the pods of an earlier release have, and print, those of its time.
 */
export class RecordMask {
  readonly context: TargetContext;
  #mask: (text: string) => string;

  constructor(context: TargetContext) {
    this.#mask = (text) => context.mask(text);
    this.context = { ...context, mask: (text) => this.#mask(text) };
  }

  /** Reads the records whose pods a rollback may speak of: what it goes to, and what it finds there. */
  async learn(session: Session, all: readonly StoredRelease[], goal: StoredRelease): Promise<void> {
    const near = all.filter((one) => one === goal || ["live", "pending"].includes(one.header.state));
    const objects = await Promise.all(near.map((release) => objectsOf(session, release)));
    this.#mask = scrubber(objects.flat(), this.#mask);
  }
}

/** One that cannot be read stops nothing here: whatever needs it says so. */
async function objectsOf(session: Session, release: StoredRelease): Promise<readonly KubeObject[]> {
  try {
    const { before, content } = await session.records.payload(release);
    return [...before.flatMap(({ fields }) => fields ?? []), ...contentOf(content)];
  } catch (error) {
    const { revision } = release.header;
    session.say(`secrets of revision ${revision} cannot be masked in what follows: ${messageOf(error)}`);
    return [];
  }
}

function contentOf(content: ReleasePayload["content"]): readonly KubeObject[] {
  switch (content.kind) {
    case "service":
      return content.configuration;
    case "bundle":
      return content.objects;
    case "helm":
      return [];
  }
}

import { SluiceError } from "../../errors/index.ts";
import type { RunOwner } from "../../model/index.ts";

/**
 * The version of the journal's form, which changes when a reader written for the old one would misread the new one.
 * From version 1 on the output of a `node.succeeded` stands last; from version 2 on a `run.started` and a `run.finished` may
 * be those of a part. A journal that does not begin by saying a version was written before there were any; its records are
 * the same in another order.
 */
export const JOURNAL_VERSION = 2;

/** What each of a journal's files begins with. It is no event: it says how the events after it are to be read. */
export interface JournalHeader {
  readonly type: "journal";
  readonly version: number;
  /** The process that made the run, on record before anyone else can see that there is one. */
  readonly owner?: RunOwner;
}

export function journalHeader(owner?: RunOwner): JournalHeader {
  return { type: "journal", version: JOURNAL_VERSION, ...(owner === undefined ? {} : { owner }) };
}

/** @throws SluiceError `STATE_CORRUPT` for a version that this Sluice does not know */
export function checkHeader(header: JournalHeader, file: string): void {
  if (Number.isInteger(header.version) && header.version >= 1 && header.version <= JOURNAL_VERSION) return;
  throw new SluiceError(
    "STATE_CORRUPT",
    `${file}: a journal of version ${String(header.version)}, this Sluice reads ${JOURNAL_VERSION}`,
    { hint: "Use the Sluice that wrote it, or a newer one." },
  );
}

import { SluiceError } from "../../errors/index.ts";
import { parseBytes, type Bytes } from "../../util/bytes.ts";
import { parseDuration, type Duration } from "../../util/duration.ts";

const DAY = 86_400_000;
/** Long enough to look back at a release; and of a pipeline that rarely runs, its last runs however old. */
const DEFAULT_AGE = 30 * DAY;
const DEFAULT_KEEP = 50;

/** Which runs are to go. */
export interface RetentionOptions {
  /** Those that ended longer ago. @defaultValue `"30d"` where nothing else is given */
  readonly olderThan?: Duration;
  /** But never the newest so many. @defaultValue 50 where nothing else is given */
  readonly keep?: number;
  /** Then the oldest, until what is left takes no more, artifacts included. @defaultValue without limit */
  readonly maxSize?: Bytes;
}

export interface Retention {
  /** Milliseconds; `undefined` where age does not matter. */
  readonly age: number | undefined;
  readonly keep: number | undefined;
  readonly bytes: number | undefined;
  /** Milliseconds for which what `resume` would go on with is kept whatever else is said, and unused cached results. */
  readonly openFor: number;
}

/** @throws SluiceError `USAGE` for what is no length of time, count or size */
export function retentionOf({ olderThan, keep, maxSize }: RetentionOptions): Retention {
  const age = olderThan === undefined ? undefined : parseDuration(olderThan);
  const bytes = maxSize === undefined ? undefined : parseBytes(maxSize);
  if (olderThan !== undefined && age === undefined)
    throw wrong(`"${olderThan}" is no length of time`, "For example 30d.");
  if (maxSize !== undefined && bytes === undefined)
    throw wrong(`"${maxSize}" is no size`, "For example 5GB or 500MiB.");
  if (keep !== undefined && !(Number.isSafeInteger(keep) && keep >= 0))
    throw wrong(`${keep} is no number of runs`, "Give a whole number.");
  const none = age === undefined && keep === undefined && bytes === undefined;
  return {
    age: none ? DEFAULT_AGE : age,
    keep: none ? DEFAULT_KEEP : keep,
    bytes,
    openFor: age ?? DEFAULT_AGE,
  };
}

/** Why a run is to go by its age and by how many are newer; `undefined` where it is not. */
export function dueBy({ age, keep }: Retention, old: number, newer: number): string | undefined {
  if (age === undefined && keep === undefined) return undefined;
  if (age !== undefined && old < age) return undefined;
  if (keep !== undefined && newer < keep) return undefined;
  const why: string[] = [];
  if (age !== undefined) why.push(`it ended ${Math.floor(old / DAY)} days ago`);
  if (keep !== undefined) why.push(`${newer} are newer`);
  return why.join(" and ");
}

function wrong(message: string, hint: string): SluiceError {
  return new SluiceError("USAGE", message, { hint });
}

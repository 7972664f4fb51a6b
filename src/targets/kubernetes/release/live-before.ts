import type { StoredRelease } from "./types.ts";

/** Those that are recorded as live, the one that became so last first: it is the one that is. */
export function liveFirst(releases: readonly StoredRelease[]): readonly StoredRelease[] {
  return releases.filter(({ header }) => header.state === "live").sort(lastFirst);
}

/** What is live, or was so last where nothing is. */
export function lastLive(all: readonly StoredRelease[]): StoredRelease | undefined {
  const [live = all.filter(({ header }) => header.state === "retired").sort(lastFirst)[0]] = liveFirst(all);
  return live;
}

/** The revision whose content a release has: its own, unless it brings an earlier one back. */
export function contentRevision({ header }: StoredRelease): number {
  return header.restores ?? header.revision;
}

/**
 * What was live before `release`, of `all`, the newest first. Counted from its content's own revision, so that going back
 * twice does not come forward again.
 */
export function liveBefore(all: readonly StoredRelease[], release: StoredRelease): StoredRelease | undefined {
  const content = contentRevision(release);
  const origin = all.find(({ header }) => header.revision === content);
  // Earlier versions wrote over it, when they went back, with the later one that was gone back from.
  const latest = Math.min(origin?.header.from ?? content, content - 1);
  return all.find(
    (one) =>
      one !== release &&
      (one.header.state === "retired" || one.header.state === "live") &&
      one.header.revision <= latest,
  );
}

function lastFirst(a: StoredRelease, b: StoredRelease): number {
  return (b.header.promotedAt ?? 0) - (a.header.promotedAt ?? 0);
}

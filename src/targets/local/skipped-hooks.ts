import type { ResolvedApp } from "../../ports/index.ts";

/** What is said of an app's jobs before and after a release: they run in its image, and here there is none. */
export function skippedHooks({ spec }: ResolvedApp): string | undefined {
  const { cluster } = spec as { readonly cluster?: { readonly hooks?: Readonly<Record<string, Jobs>> } };
  const jobs = Object.values(cluster?.hooks ?? {}).flat();
  if (jobs.length === 0) return undefined;
  return `hooks are run in clusters only, skipped here: ${jobs.map(({ name }) => name).join(", ")}`;
}

type Jobs = readonly { readonly name: string }[];

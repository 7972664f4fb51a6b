import { join } from "node:path";

/** Where results of jobs are kept. */
export function resultsFolder(stateDir: string): string {
  return join(stateDir, "cache", "results");
}

// Relative names, since they are also those of the members of an archive.

export function manifestName(key: string): string {
  return `entries/${key.slice(0, 2)}/${key}`;
}

/** What a key was made from, in full. Only looked at to say what has changed since. */
export function factsName(key: string): string {
  return `facts/${key.slice(0, 2)}/${key}.json`;
}

export function contentName(digest: string): string {
  const hex = digest.slice("sha256:".length);
  return `content/${hex.slice(0, 2)}/${hex}`;
}

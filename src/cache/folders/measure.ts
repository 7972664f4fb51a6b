import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

export interface FolderSize {
  readonly files: number;
  readonly bytes: number;
}

/** What is in a folder. Files that come or go meanwhile may count or not. */
export async function measure(folder: string): Promise<FolderSize> {
  let files = 0;
  let bytes = 0;
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else {
        files++;
        bytes += (await lstat(path).catch(() => undefined))?.size ?? 0;
      }
    }
  }
  return { files, bytes };
}

/** `12.3 MB in 340 files`, in powers of 1,000. */
export function sizeText({ files, bytes }: FolderSize): string {
  return `${bytesText(bytes)} in ${String(files)} ${files === 1 ? "file" : "files"}`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${String(bytes)} B`;
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1_000 ** power).toFixed(1)} ${["", "kB", "MB", "GB"][power] ?? ""}`;
}

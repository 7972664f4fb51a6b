/** How many journals this process has open, by the folder of the run. */
const OPEN = new Map<string, number>();

/** Notes that this process is at the run in `folder`; gives what takes it back. */
export function enterRun(folder: string): () => void {
  OPEN.set(folder, (OPEN.get(folder) ?? 0) + 1);
  return () => {
    const left = (OPEN.get(folder) ?? 1) - 1;
    if (left === 0) OPEN.delete(folder);
    else OPEN.set(folder, left);
  };
}

/**
 * Whether this process is at the run. A process that lives on after it could not write a run's end is not, although
 * the journal names it.
 */
export function isAtRun(folder: string): boolean {
  return OPEN.has(folder);
}

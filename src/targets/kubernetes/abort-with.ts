/** Has `end` fire with the signal. Gives the way to part them. */
export function abortWith(signal: AbortSignal, end: AbortController): () => void {
  const abort = (): void => end.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return () => signal.removeEventListener("abort", abort);
}

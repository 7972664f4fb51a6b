/** A stream of what is there already; of nothing without parts. */
// eslint-disable-next-line @typescript-eslint/require-await -- there is nothing to wait for
export async function* chunks(...parts: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* parts;
}

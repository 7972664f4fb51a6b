const LINE_FEED = 0x0a;

/**
 * Cuts a stream into lines. Bytes that belong to one line are joined once, when it is whole, so that a long line costs no
 * more for coming in many parts; and only then made text, so that a character may lie across two parts.
 */
export async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  let parts: Buffer[] = [];
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      const last = chunk.subarray(start, end);
      const line = parts.length === 0 ? last : Buffer.concat([...parts, last]);
      parts = [];
      start = end + 1;
      if (line.length > 0) yield line.toString("utf8");
    }
    // A copy: a part would keep the whole chunk that it is of.
    if (start < chunk.length) parts.push(start === 0 ? chunk : Buffer.from(chunk.subarray(start)));
  }
}

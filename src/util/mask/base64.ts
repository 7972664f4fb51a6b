const BITS = 6;

/**
 * The texts that base64 output contains where `bytes` stand anywhere in its input: one for each of the three ways in
 * which they can lie to the groups of three, without the characters that a neighbour has a share in. Two more per
 * alignment for input that ends here, with and without padding, so that the last, half-filled character goes too.
 */
export function base64Forms(bytes: Buffer): string[] {
  const forms: string[] = [];
  for (let before = 0; before < 3; before++) {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const from = Math.ceil((before * 8) / BITS);
    const to = Math.floor(((before + bytes.length) * 8) / BITS);
    forms.push(encoded.slice(from, to), encoded.slice(from).replace(/=+$/, ""), encoded.slice(from));
  }
  return forms.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

/** Columns at which `base64` and `openssl base64` break their lines. */
const WRAPS = [76, 64] as const;

/** A shorter rest of a wrapped text is only looked for together with the lines before it. */
const SHORTEST_WRAPPED_LINE = 16;

/** The base64 of `bytes` as the common tools break it, as a whole and by lines; empty where it fits one line. */
export function wrappedBase64(bytes: Buffer): string[] {
  const encoded = bytes.toString("base64");
  const forms: string[] = [];
  for (const columns of WRAPS) {
    if (encoded.length <= columns) continue;
    // The last group changes when more input follows, for example the newline that `echo` adds.
    for (const text of [encoded, encoded.slice(0, -4)]) {
      const lines: string[] = [];
      for (let at = 0; at < text.length; at += columns) lines.push(text.slice(at, at + columns));
      forms.push(lines.join("\n"), ...lines.filter((line) => line.length >= SHORTEST_WRAPPED_LINE));
    }
  }
  return forms;
}

/** Every way in which URL encoders write `bytes`: they differ in what they leave alone, in `+`, and in the hex case. */
export function urlForms(bytes: Buffer): string[] {
  const octets = bytes.toString("latin1");
  const upper = UNSAFE.map((unsafe) => octets.replace(unsafe, percentEncoded));
  const forms = upper.flatMap((form) => [form, form.replace(/%../g, (octet) => octet.toLowerCase())]);
  return forms.flatMap((form) => [form, form.replaceAll("%20", "+")]);
}

const UNRESERVED = "-A-Za-z0-9_.";
const UNSAFE: readonly RegExp[] = [
  `${UNRESERVED}~`, // RFC 3986
  `${UNRESERVED}~/`, // Python's quote
  `${UNRESERVED}~!'()*`, // encodeURIComponent
  `${UNRESERVED}*`, // HTML forms, URLSearchParams, Java
  `${UNRESERVED}~$&+=:@`, // a path segment in Go
  `${UNRESERVED}~!'()*;/?:@&=+$,#`, // encodeURI
].map((safe) => new RegExp(`[^${safe}]`, "g"));

function percentEncoded(octet: string): string {
  return `%${upperHex(octet.charCodeAt(0))}`;
}

/** Every way in which JSON encoders write `text`, without the quotes, and the same once more inside a JSON string. */
export function jsonForms(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const forms = [plain, upperEscapes(plain)];
  for (const hex of [lowerHex, upperHex]) {
    const escape = (set: RegExp): string => plain.replace(set, (char) => unicodeEscape(char, hex));
    forms.push(
      escape(/[^\0-\x7f]/g), // Python, PHP
      escape(/[<>&\u2028\u2029]/g), // Go
      escape(/[^\0-\x7f]|[<>&]/g),
      escape(/[^\0-\x7f]|[<>&'+`]/g).replaceAll('\\"', `\\u00${hex(0x22)}`), // .NET
    );
  }
  forms.push(...forms.map((form) => form.replaceAll("/", "\\/")));
  forms.push(JSON.stringify(plain).slice(1, -1));
  return forms;
}

function unicodeEscape(char: string, hex: (byte: number) => string): string {
  const code = char.charCodeAt(0);
  return `\\u${hex(code >> 8)}${hex(code & 0xff)}`;
}

/** `JSON.stringify` writes control characters with lower-case hex digits. */
function upperEscapes(json: string): string {
  return json.replace(/\\(?:u([0-9a-f]{4})|.)/g, (escape, digits: string | undefined) =>
    digits === undefined ? escape : `\\u${digits.toUpperCase()}`,
  );
}

/** Every way in which a shell, its trace (`set -x`) or a quoting function writes `text`. */
export function shellForms(text: string): string[] {
  return [
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    text.replace(/[\\"$`]/g, "\\$&"),
    text.replace(/[^A-Za-z0-9_@%+=:,./\-\n\u0080-\uffff]/g, "\\$&"), // printf %q
    text.replace(/[\\'\n\r\t\x1b]/g, (char) => `\\${ANSI_C[char] ?? char}`), // $'…'
  ];
}

const ANSI_C: Readonly<Record<string, string>> = { "\n": "n", "\r": "r", "\t": "t", "\x1b": "E" };

/** `text` in XML and HTML, as reports hold it. */
export function markupForms(text: string): string[] {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quoted = escaped.replaceAll('"', "&quot;");
  return [escaped, quoted, ...["&#39;", "&#x27;", "&apos;"].map((quote) => quoted.replaceAll("'", quote))];
}

export function hexForms(bytes: Buffer): string[] {
  const lower = bytes.toString("hex");
  return [lower, lower.toUpperCase()];
}

function lowerHex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function upperHex(byte: number): string {
  return lowerHex(byte).toUpperCase();
}

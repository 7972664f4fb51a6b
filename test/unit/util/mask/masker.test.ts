import { describe, expect, it } from "vitest";
import { createMasker } from "../../../../src/util/mask/index.ts";

const SECRET = `it's a "top" secret/é+&<1>\\`;
const masker = createMasker([{ name: "one", value: SECRET }]);

/** What is left of `text` around the secret. */
function masked(text: string, value = SECRET): string {
  return createMasker([{ name: "one", value }]).mask(text);
}

describe("mask", () => {
  it("replaces every occurrence and leaves the rest", () => {
    expect(masker.mask(`a ${SECRET} b ${SECRET}`)).toBe("a *** b ***");
  });

  it("gives back the same text where there is no secret, also one that UTF-8 cannot hold", () => {
    expect(masker.mask("plain \ud800 text")).toBe("plain \ud800 text");
  });

  it.each([
    ["base64", Buffer.from(SECRET).toString("base64")],
    ["base64 without padding", Buffer.from(SECRET).toString("base64").replace(/=+$/, "")],
    ["base64url", Buffer.from(SECRET).toString("base64url")],
    ["base64 of a line", Buffer.from(`${SECRET}\n`).toString("base64")],
    ["hex", Buffer.from(SECRET).toString("hex")],
    ["upper-case hex", Buffer.from(SECRET).toString("hex").toUpperCase()],
    ["encodeURIComponent", encodeURIComponent(SECRET)],
    [
      "encodeURIComponent, lower-case",
      encodeURIComponent(SECRET).replace(/%../g, (hex) => hex.toLowerCase()),
    ],
    ["encodeURI", encodeURI(SECRET)],
    ["a form", new URLSearchParams({ x: SECRET }).toString().slice(2)],
    ["JSON", JSON.stringify(SECRET).slice(1, -1)],
    ["JSON with \\/", JSON.stringify(SECRET).slice(1, -1).replaceAll("/", "\\/")],
    ["JSON in ASCII", JSON.stringify(SECRET).slice(1, -1).replace("é", "\\u00e9")],
    ["JSON in upper-case ASCII", JSON.stringify(SECRET).slice(1, -1).replace("é", "\\u00E9")],
    [
      "JSON in ASCII with \\/",
      JSON.stringify(SECRET).slice(1, -1).replace("é", "\\u00e9").replaceAll("/", "\\/"),
    ],
    ["JSON safe for HTML", JSON.stringify(SECRET).slice(1, -1).replace("&<1>", "\\u0026\\u003c1\\u003e")],
    ["JSON in JSON", JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
    ["shell quotes", SECRET.replaceAll("'", `'\\''`)],
    ["shell quotes, Python's", SECRET.replaceAll("'", `'"'"'`)],
    ["shell double quotes", SECRET.replace(/["\\]/g, "\\$&")],
    ["printf %q", `it\\'s\\ a\\ \\"top\\"\\ secret/é+\\&\\<1\\>\\\\`],
    ["XML", SECRET.replace("&<1>", "&amp;&lt;1&gt;").replaceAll('"', "&quot;").replaceAll("'", "&apos;")],
  ])("finds %s", (_, form) => {
    expect(masker.mask(`x ${form} y`)).toBe("x *** y");
  });

  it.each([0, 1, 2, 3, 4, 5])("finds base64 behind %i other bytes and before others", (before) => {
    const value = "correct horse battery";
    const bytes = Buffer.concat([Buffer.alloc(before, "ab"), Buffer.from(value), Buffer.from("wxyz")]);
    const left = masked(bytes.toString("base64"), value).split("***");
    // Only characters that also hold bits of the neighbours may stay.
    const decoded = Buffer.from(left.join(""), "base64");
    expect(left).toHaveLength(2);
    expect(decoded.length).toBeLessThanOrEqual(before + 4 + 1);
  });

  it("finds base64 broken into lines as base64(1) and openssl do", () => {
    const value = "0123456789abcdefghijklmnopqrstuvwxyz".repeat(5);
    const encoded = Buffer.from(`${value}\n`).toString("base64");
    for (const columns of [64, 76]) {
      const wrapped = encoded.replace(new RegExp(`.{${columns}}`, "g"), "$&\n");
      expect(masked(wrapped, value).replaceAll(/[*\n]/g, "").length).toBeLessThanOrEqual(4);
    }
  });

  it("finds each line of a secret, without the blanks around it", () => {
    const pem = "-----BEGIN KEY-----\r\n  MIIabc/def+1\r\nx\r\n-----END KEY-----\r\n";
    expect(masked("a MIIabc/def+1 b\n-----END KEY-----", pem)).toBe("a *** b\n***");
    expect(masked(Buffer.from("MIIabc/def+1").toString("base64url"), pem)).toBe("***");
    expect(masked(pem, pem)).toBe("***");
  });

  it("finds the lines of a key that is kept with escaped line ends", () => {
    const value = '{"key":"-----BEGIN KEY-----\\nMIIabcdefghijklmnop\\n-----END KEY-----\\n"}';
    expect(masked("MIIabcdefghijklmnop", value)).toBe("***");
  });

  it("merges occurrences that overlap, also of different secrets", () => {
    expect(masked("abcabcabc!", "abcabc")).toBe("***!");
    const two = createMasker([
      { name: "one", value: "aaaabbbb" },
      { name: "two", value: "bbbbcccc" },
    ]);
    expect(two.mask("<aaaabbbbcccc>")).toBe("<***>");
  });

  it("takes the longest where one secret begins another", () => {
    const two = createMasker([
      { name: "short", value: "pass" },
      { name: "long", value: "password" },
    ]);
    expect(two.mask("password pass passwor")).toBe("*** *** ***wor");
  });

  it("takes characters of regular expressions for what they are", () => {
    expect(masked("a.c* axc*", ".c*$^")).toBe("a.c* axc*");
    expect(masked("<.c*$^>", ".c*$^")).toBe("<***>");
  });
});

describe("maskJson", () => {
  const token = createMasker([{ name: "token", value: "hunter22" }]);

  it("masks strings and keys at any depth", () => {
    expect(token.maskJson({ a: ["x hunter22", { hunter22: 1 }], b: null })).toEqual({
      a: ["x ***", { "***": 1 }],
      b: null,
    });
  });

  it("keeps members apart whose keys were secrets", () => {
    const masked = token.maskJson({ hunter22: 1, "***": 2, ahunter22: 3 });
    expect(Object.values(masked as object)).toEqual([1, 2, 3]);
  });

  it("gives back the same value where nothing changes", () => {
    const value = { a: [1, { b: "x" }], c: true };
    expect(token.maskJson(value)).toBe(value);
  });

  it("keeps a member named __proto__ as a member", () => {
    const value = JSON.parse('{"__proto__":"hunter22"}') as { readonly [key: string]: string };
    expect(JSON.stringify(token.maskJson(value))).toBe('{"__proto__":"***"}');
  });
});

describe("warnings", () => {
  const warnings = (value: string): readonly string[] => createMasker([{ name: "pin", value }]).warnings;

  it("names a secret that is too short, and does not mask it", () => {
    const short = createMasker([{ name: "pin", value: "123" }]);
    expect(short.warnings).toEqual(['secret "pin" has fewer than 4 characters and is not masked']);
    expect(short.mask("123")).toBe("123");
  });

  it("counts characters, not code units", () => {
    expect(warnings("😀😀😀")).toHaveLength(1);
    expect(warnings("😀😀😀😀")).toEqual([]);
  });

  it("names an empty secret", () => {
    expect(warnings(" \n ")).toEqual(['secret "pin" is empty: there is nothing to mask']);
  });

  it("names short lines that say something, and no others", () => {
    expect(warnings("first line\nabc\n{\n}\n--\nlast line")).toEqual([
      'secret "pin" has a line of fewer than 4 characters, masked only where the whole secret is',
    ]);
    expect(warnings("first line\n{\n}\nlast line")).toEqual([]);
  });
});

describe("without secrets", () => {
  const none = createMasker([]);

  it("changes nothing and copies nothing", () => {
    const chunk = Buffer.from("text");
    const value = { a: "b" };
    expect(none.stream().push(chunk)).toBe(chunk);
    expect(none.stream().flush()).toHaveLength(0);
    expect(none.mask("text")).toBe("text");
    expect(none.maskJson(value)).toBe(value);
    expect(none.warnings).toEqual([]);
  });
});

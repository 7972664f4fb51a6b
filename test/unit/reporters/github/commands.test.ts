import { expect, test } from "vitest";
import { annotation, command, disarmLine, disarmMarkers } from "../../../../src/reporters/github/commands.ts";

test("data and properties are escaped", () => {
  expect(command("error", "50%\r\nof a: b, c", { title: "50%\n: ,", file: undefined })).toBe(
    "::error title=50%25%0A%3A %2C::50%25%0D%0Aof a: b, c\n",
  );
  expect(command("endgroup", "")).toBe("::endgroup::\n");
});

test("an annotation without a file has no line either", () => {
  expect(annotation({ level: "notice", title: "t", message: "m", line: 3, column: 4 })).toBe(
    "::notice title=t::m\n",
  );
  expect(annotation({ level: "error", title: "t", message: "m", file: "a,b.ts", line: 3, column: 4 })).toBe(
    "::error file=a%2Cb.ts,line=3,col=4,title=t::m\n",
  );
});

test("a line of text is no command", () => {
  for (const line of ["::error::x", "  ::set-output name=a::b", ":::x", "\t::add-mask::y"]) {
    expect(disarmLine(line).trimStart().startsWith("::")).toBe(false);
  }
  expect(disarmLine("a::b")).toBe("a::b");
  expect(disarmLine("x ##[error]y ###[group]z")).toBe("x # [error]y ## [group]z");
  expect(disarmMarkers("##[".repeat(3))).not.toContain("##[");
});

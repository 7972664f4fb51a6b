import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRequirements } from "../../../../src/cache/packages/requirements.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

async function read(files: Readonly<Record<string, string>>, asked = ["requirements.txt"]) {
  const root = tempFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return await readRequirements(root, asked);
}

describe("requirement files", () => {
  it("are followed to those that they name, each once", async () => {
    const found = await read(
      {
        "a/requirements.txt": "-r ../base.txt\n--requirement=dev/more.txt\n-c 'with blank.txt' # why\n",
        "base.txt": "a==1\r\n",
        "a/dev/more.txt": "-r ../../base.txt\n",
        "a/with blank.txt": "b<2\n",
      },
      ["a/requirements.txt", "base.txt"],
    );
    expect(found).toEqual({
      files: ["a/requirements.txt", "base.txt", "a/dev/more.txt", "a/with blank.txt"],
      pinned: true,
    });
  });

  it.each([
    ["a==1.0", true],
    ["a == 1.0 ; python_version < '4'", true],
    ["A_b-c.d[x, y]===1.0+local # a<2", true],
    ["a==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb", true],
    ["a @ https://example.com/a-1.0-py3-none-any.whl", true],
    ["--index-url https://example.com/simple\na==1", true],
    ["", true],
    ["a", false],
    ["a>=1.0", false],
    ["a==1.*", false],
    ["a==1.0,<2", false],
    ["a~=1.0", false],
    ["./local", false],
    ["-e .", false],
    ["--editable=./local", false],
    ["a==1\nb", false],
  ])("%j are pinned: %s", async (text, pinned) => {
    expect((await read({ "requirements.txt": text })).pinned).toBe(pinned);
  });

  it("that are not there are an error that says which", async () => {
    await expect(read({ "requirements.txt": "-r gone.txt" })).rejects.toMatchObject({
      code: "LOCKFILE_MISSING",
      message: expect.stringMatching(/no requirements file .*gone\.txt/) as string,
    });
  });
});

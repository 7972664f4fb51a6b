import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { job, service } from "../../../../src/deploy/index.ts";
import type { TargetContext } from "../../../../src/ports/index.ts";
import { local } from "../../../../src/targets/local/index.ts";
import { tempFolder } from "../../../fixtures/temp-folder.ts";

/** What a deploy says before it opens the target, whose folder cannot be made. */
async function saidOf(hooks: object): Promise<string> {
  const said: string[] = [];
  const stateDir = join(tempFolder(), "a-file");
  writeFileSync(stateDir, "");
  const target = local({ name: "site" });
  const { spec } = service({ image: "web:1", command: ["node", "server.js"], hooks } as never);
  const artifact = { name: "dist", digest: "sha256:1", path: "/x", size: 0, files: [] };
  const app = { kind: "service", spec: JSON.parse(JSON.stringify(spec)) as never, secrets: {}, artifact };
  const context = {
    run: "run-1",
    pipeline: "shop",
    stateDir,
    signal: new AbortController().signal,
    write: (_stream: string, text: unknown) => void said.push(String(text)),
  } as unknown as TargetContext;
  await expect(target.connect({ target: target.spec, app } as never, context)).rejects.toThrow();
  return said.join("");
}

describe("hooks on a local target", () => {
  it("are skipped, which is said", async () => {
    const before = [job({ name: "migrate", command: ["migrate"] })];
    const after = [job({ name: "warm", command: ["warm"] })];
    expect(await saidOf({ before, after })).toBe(
      "hooks are run in clusters only, skipped here: migrate, warm\n",
    );
  });

  it("are not spoken of where there are none", async () => {
    expect(await saidOf({})).toBe("");
  });
});

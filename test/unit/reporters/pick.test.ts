import { expect, test } from "vitest";
import { pickReporter } from "../../../src/reporters/pick.ts";
import { Collected } from "./support.ts";

function terminal(): Collected {
  const out = new Collected();
  out.isTTY = true;
  return out;
}

test.each([
  [{ GITHUB_ACTIONS: "true", CI: "true" }, false, "github"],
  [{ GITLAB_CI: "true", CI: "true" }, true, "gitlab"],
  [{ GITHUB_ACTIONS: "false", TERM: "xterm" }, true, "tty"],
  [{ TERM: "xterm" }, true, "tty"],
  [{}, true, "tty"],
  [{ TERM: "dumb" }, true, "plain"],
  [{ TERM: "xterm", CI: "1" }, true, "plain"],
  [{ TERM: "xterm", CI: "false" }, true, "tty"],
  [{ TERM: "xterm" }, false, "plain"],
])("%j, terminal %s: %s", (env, isTerminal, name) => {
  expect(pickReporter(env, isTerminal ? terminal() : new Collected())).toBe(name);
});

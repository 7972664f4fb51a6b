import { delimiter } from "node:path";
import { expect, test } from "vitest";
import { cleanEnvironment } from "../../../bench/lib/environment.ts";

test("what `npm run` and a CI host add is taken out, the rest stays", () => {
  const path = ["/repo/node_modules/.bin", "/usr/lib/node_modules/npm/node-gyp-bin", "/usr/bin"];
  const clean = cleanEnvironment({
    PATH: path.join(delimiter),
    HOME: "/home/user",
    NODE_EXTRA_CA_CERTS: "/certs",
    npm_config_local_prefix: "/repo",
    npm_lifecycle_event: "bench",
    NODE_OPTIONS: "--max-old-space-size=100",
    CI: "true",
    GITHUB_ACTIONS: "true",
    MAKEFLAGS: "-j1",
  });
  expect(clean).toEqual({ PATH: "/usr/bin", HOME: "/home/user", NODE_EXTRA_CA_CERTS: "/certs" });
});

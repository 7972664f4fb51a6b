/** A process of its own that fetches a folder, so that it can be killed: `fetch-one.ts STATE_DIR URL KEY`. */
import { Folders } from "../../../../src/cache/folders/folders.ts";
import { turborepo } from "../../../../src/cache/remote/turborepo.ts";

const [stateDir = "", url = "", key = ""] = process.argv.slice(2);
const source = turborepo({ url, teamId: "team_a" });
const open = async () => await source.open({ root: stateDir, stateDir, env: { TURBO_TOKEN: "the-token" } });
await new Folders(stateDir, open).fetch("npm", [key]);

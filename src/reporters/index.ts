export { github, type GithubOptions } from "./github.ts";
export { gitlab, type GitlabOptions } from "./gitlab.ts";
export { json, JSON_EVENT_VERSION, type JsonEvent, type JsonLog, type JsonOptions } from "./json.ts";
export { junit, type JunitOptions } from "./junit.ts";
export { pickReporter, REPORTER_NAMES, type ReporterName } from "./pick.ts";
export { plain, type PlainOptions } from "./plain.ts";
export { tty, type TtyOptions } from "./tty.ts";

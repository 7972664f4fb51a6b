export { cachedCredentials } from "./cached-credentials.ts";
export { checkOptions, namespaceName, text } from "./check-options.ts";
export { firstLine, isNoAnswer } from "./faults.ts";
export { loadOptional } from "./load-optional.ts";
export { endOfToken, tokenFile } from "./token-file.ts";
export { untilAborted } from "./until-aborted.ts";
export { variable } from "./variable.ts";

export { cachedCredentials } from "./cached-credentials.ts";
export { checkOptions, fits, namespaceName, not, refuseOptions, text } from "./check-options.ts";
export { firstLine, isNoAnswer } from "./faults.ts";
export { loadOptional } from "./load-optional.ts";
export { endOfToken, tokenFile } from "./token-file.ts";
export { untilAborted } from "./until-aborted.ts";
export { variable } from "./variable.ts";

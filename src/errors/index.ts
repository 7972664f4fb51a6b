export { ERROR_CODES, type ErrorCode } from "./codes.ts";
export { DefinitionError, type DefinitionIssue } from "./definition-error.ts";
export { formatLocation, type SourceLocation } from "./location.ts";
export { isSluiceError, SluiceError, type SluiceErrorOptions } from "./sluice-error.ts";
export { messageOf } from "./message-of.ts";
export { codeOf, diskReason, networkReason } from "./system-codes.ts";

export { answerConditions } from "./conditions.ts";
export { ciFacts } from "./ci.ts";
export { readHead } from "./head.ts";

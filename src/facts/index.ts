export { answerConditions, askConditions, verdictsOf } from "./conditions.ts";
export { ciActor, ciFacts } from "./ci.ts";
export { readCommit, readHead } from "./head.ts";
export { askWorkTree, type WorkTree } from "./work-tree.ts";

export { CommandError, type CommandEnd } from "./command-error.ts";
export { baseEnv } from "./environment.ts";
export { createProcessGuard } from "./guard.ts";
export type { OutputSchema } from "./parse-output.ts";
export { quoteVariable, renderCommand, secretVariables } from "./render.ts";
export { sh, type ShellCommand, type ShellStep, type ShellTag } from "./sh.ts";
export type {
  Quote,
  ShellOptions,
  ShellOutput,
  ShellPart,
  ShellProblem,
  ShellSpec,
  ShellValue,
} from "./spec.ts";
export { sweep } from "./sweep.ts";

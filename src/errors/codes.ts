/**
 * Every code that a `SluiceError` can carry, with its meaning. The keys are the public contract; the texts feed
 * the reference page.
 */
export const ERROR_CODES = {
  DEFINITION_INVALID: "The pipeline's definition has one or more mistakes; `issues` lists all of them.",
  DEFINITION_THREW: "The function that defines the pipeline threw.",
  PARAMS_INVALID: "A param is unknown or does not parse by its schema.",
  USAGE: "The command line is wrong: an unknown verb or flag, or a missing argument.",
  ENTRY_INVALID: "The file given with -f does not export a pipeline.",
  NODE_UNKNOWN: "No node of the Plan has this name.",
  SECRET_MISSING: "One or more secrets could not be resolved before the run began.",
  SECRET_EXPOSED: "A secret was used where a plain string is needed.",
  STATE_UNWRITABLE: "The state folder cannot be written (read-only, no space, no permission).",
  STATE_CORRUPT: "A file of the state folder cannot be understood.",
  RUN_UNKNOWN: "No run has this id.",
  RUN_BUSY: "Another process is at this run.",
  RUN_OVER: "There is nothing to go on with: the run has passed, or it waits for nothing of the kind.",
  DEFINITION_CHANGED: "A run was started from another definition, and what has changed is not harmless.",
  OUTPUT_INVALID: "A job's output is not JSON, is too large, or does not fit its schema.",
  INPUT_MISSING: "A node's input was not left by an earlier run.",
  LOCKFILE_MISSING: "There is no lock or requirements file that says which packages to install.",
  ARTIFACT_MISSING: "The globs of an artifact matched no file.",
  ARTIFACT_CORRUPT: "An artifact's content does not fit its digest.",
  COMMAND_FAILED: "A command ended with a non-zero exit code or by a signal.",
  COMMAND_NOT_FOUND: "A command or shell could not be started.",
  JOB_THREW: "A function job threw.",
  TIMEOUT: "A node ran longer than its timeout.",
  CANCELLED: "The run was cancelled.",
  GATE_FAILED: "A gate judged its subject and refused it.",
  GATE_ERROR: "A gate could not judge: a report is missing, empty or cannot be read.",
  EVIDENCE_MISSING: "A deploy's value lacks a gate that the target requires.",
  REPORT_INVALID: "A test, coverage or scan report is missing, empty or malformed.",
  TARGET_BUSY: "Another process is changing this target.",
  TARGET_UNKNOWN: "The pipeline has no target of this name, or nothing was ever deployed to it.",
  TARGET_STATE: "The target's recorded state does not allow this.",
  RELEASE_UNHEALTHY: "A release's processes did not become healthy.",
  ROLLED_BACK: "A release was judged bad and taken back.",
  ABORT_FAILED: "A release had to be taken back, and that failed: look at the target.",
  ROLLOUT_HELD: "A rollout could not be judged and is held as it stands.",
  METRICS_UNAVAILABLE: "A metric source did not answer.",
  DEPENDENCY_MISSING: "An optional package is not installed.",
  TOOL_MISSING: "A tool that is needed (git, a shell) is not on the PATH.",
  INTERNAL: "A defect in Sluice.",
} as const;

/** A literal code that identifies an error. */
export type ErrorCode = keyof typeof ERROR_CODES;

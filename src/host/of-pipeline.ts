import type { Pipeline } from "../builder/index.ts";
import { SluiceError } from "../errors/index.ts";
import type { RecordedRun } from "../ports/index.ts";

/** Refuses a run of another pipeline, as it is found where several keep their runs in one place. @throws SluiceError `RUN_UNKNOWN` */
export function checkOfPipeline({ run, plan }: Pick<RecordedRun, "run" | "plan">, pipe: Pipeline): void {
  if (plan.pipeline === pipe.name) return;
  throw new SluiceError(
    "RUN_UNKNOWN",
    `run ${run} is one of pipeline "${plan.pipeline}", not of "${pipe.name}"`,
    {
      hint: "Start the command with that pipeline's file.",
    },
  );
}

import { killAtEveryPoint } from "../../fixtures/crash/every-point.ts";
import { approved, build, failing, held, unhealthyOnce } from "../../fixtures/crash/pipelines.ts";

killAtEveryPoint(
  "jobs, approvals and rolling releases",
  [build, failing, approved, unhealthyOnce, held],
  1_000,
);

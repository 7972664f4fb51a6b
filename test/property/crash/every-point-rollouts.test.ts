import { killAtEveryPoint } from "../../fixtures/crash/every-point.ts";
import {
  canaryFails,
  canaryRecovers,
  cancelled,
  greenPasses,
  greenRecovers,
  previewFails,
  twoTargets,
} from "../../fixtures/crash/pipelines.ts";

killAtEveryPoint(
  "canaries and blue-green releases",
  [twoTargets, greenPasses, canaryFails, canaryRecovers, greenRecovers, previewFails, cancelled],
  1_000,
);

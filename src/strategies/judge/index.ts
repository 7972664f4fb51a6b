export { Dispersion } from "./dispersion.ts";
export { ErrorGuard } from "./error-guard.ts";
export { histogramQuantile, nearestBound, slowerThan } from "./histogram.ts";
export { logMeanExp, logSpaced } from "./log-space.ts";
export { RateJudge, type RateJudgeOptions } from "./rate-judge.ts";
export { RateTest, type RateWindow, type Tally } from "./rate-test.ts";
export { ScoreJudge, type ScorePair } from "./score-judge.ts";
export { combine, type JudgeOutcome, judgeStep } from "./step-rule.ts";

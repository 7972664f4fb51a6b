export { rolloutContext, type RolloutContext, type RolloutContextOptions } from "./rollout-context.ts";
export { scriptedDriver, type ScriptedDriver, type ScriptedDriverOptions } from "./scripted-driver.ts";
export type { DriverAction, DriverMoment, ScriptedFault } from "./scripted-faults.ts";
export type { DriverCall } from "./scripted-place.ts";
export { scriptedTarget, type ScriptedTarget, type ScriptedTargetOptions } from "./scripted-target.ts";
export type { Scripted, ScriptedTraffic, TrafficMoment } from "./scripted-traffic.ts";
export { virtualClock, type VirtualClock, type VirtualClockOptions } from "./virtual-clock.ts";
export { clusterProviderSuite, type ClusterProviderSuiteOptions } from "./cluster-provider-suite.ts";
export type { SuiteTest } from "./cluster-suite-skips.ts";
export type {
  CloudMood,
  ClusterProviderRig,
  ClusterProviderTrial,
  ClusterRolloutPlace,
  ClusterSuiteClock,
} from "./cluster-provider-rig.ts";

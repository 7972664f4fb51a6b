export { rolloutContext, type RolloutContext, type RolloutContextOptions } from "./rollout-context.ts";
export {
  type DriverCall,
  scriptedDriver,
  type ScriptedDriver,
  type ScriptedDriverOptions,
} from "./scripted-driver.ts";
export type { DriverAction, ScriptedFault } from "./scripted-faults.ts";
export type { Scripted, ScriptedTraffic, TrafficMoment } from "./scripted-traffic.ts";
export { virtualClock, type VirtualClock, type VirtualClockOptions } from "./virtual-clock.ts";

export { FileArtifactStore } from "./artifacts.ts";
export { FileBaselineStore } from "./baselines.ts";
export { FileRunStore } from "./run-store.ts";

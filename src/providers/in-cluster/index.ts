export { inCluster, type InClusterOptions } from "./in-cluster.ts";

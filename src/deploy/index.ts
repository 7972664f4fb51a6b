export * from "../strategies/index.ts";
export { service, type HealthOptions, type ServiceOptions, type ServiceSpec } from "./service.ts";

import type { OldPlan, Routing, SidePlan } from "../proxy/protocol.ts";
import type { Reader } from "../../../util/state/reader.ts";

const DEFAULT_GRACE = 10_000;

/** The routing of a target on which nothing was ever deployed. */
export function emptyRouting(): Routing {
  return { open: false, port: null, grace: DEFAULT_GRACE, weight: 0, stable: null, candidate: null, old: [] };
}

/** Reads a routing from data. */
export function readRouting(value: unknown, read: Reader): Routing {
  const routing = read.object(value, "routing");
  const side = (key: string): SidePlan | null =>
    read.nullable(routing[key], (part) => readSide(part, `routing.${key}`, read));
  return {
    open: read.boolean(routing["open"], "routing.open"),
    port: read.nullable(routing["port"], (port) => read.integer(port, "routing.port", 1)),
    grace: read.integer(routing["grace"], "routing.grace"),
    weight: read.number(routing["weight"], "routing.weight", 0, 100),
    stable: side("stable"),
    candidate: side("candidate"),
    old: read.list(routing["old"], "routing.old", (part, at) => readOld(part, at, read)),
  };
}

function readSide(value: unknown, at: string, read: Reader): SidePlan {
  const side = read.object(value, at);
  return {
    revision: read.integer(side["revision"], `${at}.revision`, 1),
    replicas: read.integer(side["replicas"], `${at}.replicas`),
    proven: read.boolean(side["proven"], `${at}.proven`),
  };
}

function readOld(value: unknown, at: string, read: Reader): OldPlan {
  const old = read.object(value, at);
  return {
    revision: read.integer(old["revision"], `${at}.revision`, 1),
    replicas: read.integer(old["replicas"], `${at}.replicas`),
    until: read.integer(old["until"], `${at}.until`),
  };
}

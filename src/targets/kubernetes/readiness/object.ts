/** The parts of an object in a cluster that readiness is judged by. Whatever is not there counts as not yet set. */
export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    /** Counts changes of the spec. */
    readonly generation?: number;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** One entry of `status.conditions`. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** Of the object that it is about; undefined where it was not said. */
  readonly generation: number | undefined;
  /** Milliseconds since 1970; undefined where it was not said. */
  readonly since: number | undefined;
}

/** The value at a path; undefined where the path ends early. */
export function at(object: unknown, ...path: readonly (string | number)[]): unknown {
  let value = object;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

/** A count in the status: absent is zero, as the API leaves zeros out. */
export function count(object: unknown, ...path: readonly string[]): number {
  const value = at(object, ...path);
  return typeof value === "number" ? value : 0;
}

export function text(object: unknown, ...path: readonly (string | number)[]): string {
  const value = at(object, ...path);
  return typeof value === "string" ? value : "";
}

export function list(object: unknown, ...path: readonly string[]): readonly unknown[] {
  const value = at(object, ...path);
  return Array.isArray(value) ? value : [];
}

/** The conditions of a status by type. */
export function conditionsOf(object: unknown, ...path: readonly string[]): ReadonlyMap<string, Condition> {
  const found = list(object, ...(path.length === 0 ? ["status", "conditions"] : path)).map(
    (one): Condition => {
      const since = Date.parse(text(one, "lastTransitionTime"));
      return {
        type: text(one, "type"),
        status: text(one, "status"),
        reason: text(one, "reason"),
        message: text(one, "message"),
        generation: generationOf(at(one, "observedGeneration")),
        since: Number.isNaN(since) ? undefined : since,
      };
    },
  );
  return new Map(found.map((one) => [one.type, one]));
}

/** An observed generation, which some controllers write as text. */
export function generationOf(value: unknown): number | undefined {
  if (typeof value === "string" && /^\d+$/.test(value)) return Number(value);
  return typeof value === "number" ? value : undefined;
}

/** How many replicas are wanted; where nothing is said, the API's own default. */
export function replicasOf(object: LiveObject): number {
  const value = at(object, "spec", "replicas");
  return typeof value === "number" ? value : 1;
}

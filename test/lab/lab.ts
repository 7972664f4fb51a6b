/** What `run.mjs` found of a need that a suite names: whether it is there, and why not. */
export interface Need {
  readonly available: boolean;
  readonly reason?: string;
}

/** Suites skip what rests on a need that is not there: `describe.skipIf(!need("registry").available)`. */
export function need(name: string): Need {
  const lab = JSON.parse(process.env["SLUICE_LAB"] ?? "{}") as Record<string, Need>;
  return lab[name] ?? { available: false, reason: "the suite was not started by test/lab/run.mjs" };
}

const QUANTITY = /^(\d+(?:\.\d*)?|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|([eE][+-]?\d+))?$/;
const LEAST_BYTES = 2 ** 20;

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * What is wrong with an amount of a resource, or nothing. Kubernetes takes `512m` of memory, which is half a byte, and no
 * container starts with it.
 *
 * Source: Kubernetes API reference, Quantity.
 */
export function quantityProblem(resource: string, given: unknown): string | undefined {
  const text = typeof given === "number" ? String(given) : given;
  const [, digits, unit = "", power = ""] = (typeof text === "string" ? QUANTITY.exec(text) : null) ?? [];
  if (digits === undefined) return 'must be a quantity such as "250m" or "512Mi"';
  const amount = Number(digits + power) * (UNITS[unit] ?? 1);
  if (resource === "memory" && amount < LEAST_BYTES)
    return `must be at least 1Mi, written like "512Mi" (m is a thousandth)`;
  if (resource === "cpu" && amount < 1e-3) return 'must be at least "1m", a thousandth of a processor';
  return undefined;
}

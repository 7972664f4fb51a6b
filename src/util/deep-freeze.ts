/** Freezes plain data through and through. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) for (const item of value as readonly unknown[]) deepFreeze(item);
  else for (const key in value) deepFreeze(value[key]);
  return value;
}

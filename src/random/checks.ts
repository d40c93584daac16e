/** Returns `count` if it is a whole number of draws. */
export function requireCount(caller: string, count: number): number {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new Error(`${caller}: count must be a non-negative integer, got ${count}`);
  }
  return count;
}

/** Returns `value` if it is a finite number above 0. */
export function requirePositive(caller: string, name: string, value: number): number {
  if (!(Number.isFinite(value) && value > 0)) {
    throw new Error(`${caller}: ${name} must be a finite number above 0, got ${value}`);
  }
  return value;
}

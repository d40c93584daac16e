/**
 * Refuses options that nothing reads, such as misspelt ones.
 * @throws if `given` is no object, or has a name that is not among `known`
 */
export function refuseUnknown(where: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== "object" || given === null)
    throw new Error(`${where}: options must be an object, got ${given}`);
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      throw new Error(`${where}: no option is called "${name}", there are ${known.join(", ")}`);
    }
  }
}

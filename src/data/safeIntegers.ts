/**
 * 64-bit integers as float64.
 *
 * @param what stands at the beginning of the error
 * @throws if one is beyond +-(2^53 - 1), where float64 skips integers
 */
export function safeIntegers(what: string, integers: BigInt64Array | BigUint64Array): Float64Array {
  const numbers = Float64Array.from(integers as ArrayLike<unknown> as ArrayLike<bigint>, Number);
  const unsafe = numbers.findIndex((value) => !Number.isSafeInteger(value));
  if (unsafe >= 0) throw new Error(`${what}integers must be within +-(2^53 - 1), got ${integers[unsafe]}`);
  return numbers;
}

// Every matrix in this memory has rows padded to a multiple of eight numbers, the padding zero: the width of a block of the matrix
// product, so that no loop over columns has a tail. Sizes are in numbers, steps in bytes.

/** `c + a b`; rounded once where the engine has the relaxed instruction, twice elsewhere. */
@inline
export function madd(c: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

@inline
export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

@inline
export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}

@inline
export function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** Bytes of `count` numbers. */
@inline
export function bytes(count: i32): usize {
  return usize(count) << 2;
}

/** The width that `n` numbers are padded to. */
@inline
export function padded(n: i32): i32 {
  return (n + 7) & -8;
}

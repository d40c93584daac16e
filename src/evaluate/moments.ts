import { crossProduct, gram } from "./gram";
import type { Table } from "./table";

/** First and second moments of paired rows: all that least squares needs, and additive over disjoint sets of rows. */
export interface Moments {
  readonly rows: number;
  readonly x: Float64Array; // sum of x, [inputs]
  readonly y: Float64Array; // sum of y, [outputs]
  readonly xx: Float64Array; // X'X, [inputs, inputs]
  readonly xy: Float64Array; // X'Y, [inputs, outputs]
}

export function momentsOf(x: Table, y: Table): Moments {
  return { rows: x.rows, x: columnSums(x), y: columnSums(y), xx: gram(x), xy: crossProduct(x, y) };
}

/** Moments of the union of disjoint sets of rows. */
export function addMoments(parts: readonly Moments[]): Moments {
  const sum = (pick: (part: Moments) => Float64Array): Float64Array =>
    pick(parts[0]!).map((_, i) => parts.reduce((total, part) => total + pick(part)[i]!, 0));
  return {
    rows: parts.reduce((total, part) => total + part.rows, 0),
    x: sum((part) => part.x),
    y: sum((part) => part.y),
    xx: sum((part) => part.xx),
    xy: sum((part) => part.xy),
  };
}

/** Moments about the means: the sums of squares and products of centred rows. */
export function centre({ rows, x, y, xx, xy }: Moments): Pick<Moments, "xx" | "xy"> {
  const about = (products: Float64Array, right: Float64Array): Float64Array =>
    products.map((value, i) => {
      const row = Math.floor(i / right.length);
      return value - (x[row]! * right[i % right.length]!) / rows;
    });
  return { xx: about(xx, x), xy: about(xy, y) };
}

function columnSums({ data, columns }: Table): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) sums[i % columns]! += data[i]!;
  return sums;
}

import {
  add,
  concat,
  div,
  mul,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  type Tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { clipFactor, globalNorm } from "./globalNorm";
import { type Op, runOp } from "./op";

/** What an update takes for each parameter, all in the same order. */
export interface AdamWTensors {
  readonly parameters: readonly Tensor[];
  readonly gradients: readonly Tensor[];
  readonly first: readonly Tensor[];
  readonly second: readonly Tensor[];
}

/** The numbers of an update. */
export interface AdamWRule {
  /** Decay of the moments. */
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Learning rate over the bias correction of the first moment, and the root of that of the second. */
  readonly rate: number;
  readonly correction: number;
  /** Factor of the parameters. */
  readonly decay: number;
  /** Largest norm of all gradients together. */
  readonly limit: number;
}

/** New values, and the norm of all gradients together before they were clipped. */
export type AdamWResult = Omit<AdamWTensors, "gradients"> & { readonly norm: Tensor };

/** The tensors of {@link AdamWTensors}, group by group, by their number. */
export type AdamWInputs = Record<string, Tensor>;

/** The kernel: from all tensors to the norm and the new parameters, first and second moments. */
export const adamWOp: Op<AdamWInputs, AdamWRule> = {
  name: "LfadsAdamW",
  results: Number.POSITIVE_INFINITY,
  outputs: 0,
  forward: (inputs, rule) =>
    tidy(() => {
      const { parameters, gradients, first, second } = groups(inputs);
      const norm = globalNorm(gradients);
      if (parameters.length === 0) return [norm];
      const vectors = [parameters, gradients, first, second].map(join);
      const updated = update(vectors, clipFactor(norm, rule.limit), rule);
      return [norm, ...updated.flatMap((vector) => split(vector, parameters))];
    }),
  gradient: () => ({}),
};

/** One update of all parameters. */
export function adamWStep(
  { parameters, gradients, first, second }: AdamWTensors,
  rule: AdamWRule,
): AdamWResult {
  const inputs = [...parameters, ...gradients, ...first, ...second];
  const [norm, ...updated] = runOp(adamWOp, Object.fromEntries(inputs.entries()), rule);
  const group = (i: number) => updated.slice(i * parameters.length, (i + 1) * parameters.length);
  return { norm: norm!, parameters: group(0), first: group(1), second: group(2) };
}

/** The inputs of {@link adamWOp} by what they are. */
export function groups(inputs: AdamWInputs): AdamWTensors {
  const all = Object.values(inputs);
  const group = (i: number) => all.slice((i * all.length) / 4, ((i + 1) * all.length) / 4);
  return { parameters: group(0), gradients: group(1), first: group(2), second: group(3) };
}

/** All tensors in one vector, so that dozens of parameters take as many operations as one. */
function join(tensors: readonly Tensor[]): Tensor {
  return concat(tensors.map((x) => reshape(x, [x.size])));
}

/** Tensors of the shapes of `like` from such a vector. */
function split(vector: Tensor, like: readonly Tensor[]): Tensor[] {
  let start = 0;
  return like.map(({ size, shape }) => {
    const part = reshape(slice(vector, [start], [size]), shape);
    start += size;
    return part;
  });
}

function update(
  vectors: readonly Tensor[],
  factor: Tensor,
  { beta1, beta2, epsilon, rate, correction, decay }: AdamWRule,
): Tensor[] {
  const [value, gradient, m, v] = vectors as readonly [Tensor, Tensor, Tensor, Tensor];
  const g = mul(gradient, factor);
  const m1 = add(mul(m, beta1), mul(g, 1 - beta1));
  const v1 = add(mul(v, beta2), mul(square(g), 1 - beta2));
  const change = div(m1, add(div(sqrt(v1), correction), epsilon));
  return [sub(mul(value, decay), mul(change, rate)), m1, v1];
}

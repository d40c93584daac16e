/** How a search trains a decoder: what every model of one's own needs is a function like this. */
import {
  add,
  dispose,
  gather,
  losses,
  mul,
  nextFrame,
  type Scalar,
  square,
  sum,
  type Tensor,
  type Tensor2D,
  tensor,
  tensor1d,
  tidy,
  train,
} from "@tensorflow/tfjs-core";
import { RandomStream, type SearchSpace, sampleBernoulli, samplePermutation, type Trainer } from "lfads";
import { restore, save } from "./checkpoint";
import { type Decoder, decodeVelocity, makeDecoder, type Samples, UNITS } from "./decoder";

/** What is searched. */
export const space = {
  learningRate: { type: "logUniform", low: 1e-4, high: 1e-2 },
  dropout: { type: "uniform", low: 0, high: 0.7 },
  l2: { type: "logUniform", low: 1e-5, high: 1e-1 },
} satisfies SearchSpace;

type Hyperparameters = Record<keyof typeof space, number>;

/** Trains with Adam; the score is the mean squared error on `valid`. The seed makes weights, batches and dropout. */
export function decoderTrainer(samples: Samples, valid: Samples, batchSize: number, seed: number): Trainer {
  return async ({ member, generation, hyperparameters, epochs }, checkpoint, { signal, onProgress }) => {
    const values = hyperparameters as Hyperparameters;
    const stream = RandomStream.fromSeed(seed).fork(member).fork(generation);
    const decoder = makeDecoder(samples.counts.shape[1], stream);
    const adam = train.adam(values.learningRate, 0.9, 0.999, 1e-7);
    try {
      const first = checkpoint ? await restore(checkpoint, decoder, adam) : 0;
      for (let epoch = first; epoch < epochs; epoch++) {
        onProgress({ epoch, epochs });
        await nextFrame(); // signals are heard
        signal.throwIfAborted();
        for (const [rows, mask] of batches(samples, batchSize, values.dropout, stream.fork(epoch))) {
          const step = () =>
            loss(decoder, take(samples, rows), values.l2, tensor(mask, [rows.length, UNITS]));
          adam.minimize(step, false, Object.values(decoder));
        }
      }
      const score = tidy(() => loss(decoder, valid, 0).dataSync()[0]!);
      return { checkpoint: await save(decoder, adam, epochs), score };
    } finally {
      dispose(Object.values(decoder));
      adam.dispose();
    }
  };
}

/** Mean squared error of the velocity, and the squares of the weights. */
function loss(decoder: Decoder, { counts, velocity }: Samples, l2: number, mask?: Tensor) {
  const error = losses.meanSquaredError(velocity, decodeVelocity(decoder, counts, mask));
  const squares = add(sum(square(decoder.hiddenWeight)), sum(square(decoder.weight)));
  return add(error, mul(l2, squares)) as Scalar;
}

/** Rows of the batches of an epoch, each with its mask of dropout. */
function* batches(
  { counts }: Samples,
  size: number,
  dropout: number,
  stream: RandomStream,
): Generator<[rows: Int32Array, mask: Float32Array]> {
  const order = Int32Array.from(samplePermutation(stream.fork("order"), counts.shape[0]));
  for (let start = 0; start < order.length; start += size) {
    const rows = order.slice(start, start + size);
    const kept = 1 - dropout;
    yield [rows, sampleBernoulli(stream.fork(start), rows.length * UNITS, kept, 1 / kept)];
  }
}

function take({ counts, velocity }: Samples, rows: Int32Array): Samples {
  const of = (x: Tensor2D) => gather(x, tensor1d(rows, "int32"));
  return { counts: of(counts), velocity: of(velocity) };
}

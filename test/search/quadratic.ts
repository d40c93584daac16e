import { normal, RandomStream } from "../../src/random";
import { pbt, type Trainer } from "../../src/search";

/** What a member of the population learns: to come close to 3, with noise that a smaller learning rate averages away. */
interface Learned {
  readonly x: number;
  readonly epochs: number;
}

/** A trainer that takes no time; every job gives the same result wherever it runs. */
export const quadratic: Trainer = async (job, checkpoint, { signal, onProgress }) => {
  const { member, generation, hyperparameters, epochs } = job;
  const rate = Number(hyperparameters.learningRate);
  let { x, epochs: done }: Learned = checkpoint
    ? JSON.parse(new TextDecoder().decode(checkpoint))
    : { x: -member, epochs: 0 };
  const noise = normal(RandomStream.fromSeed(`${member}/${generation}`), Math.max(0, epochs - done));
  for (const z of noise) {
    if (signal.aborted) throw new Error("aborted");
    x -= rate * (x - 3 + z);
    done++;
    onProgress({ epoch: done, epochs });
  }
  const learned: Learned = { x, epochs: done };
  return {
    checkpoint: new TextEncoder().encode(JSON.stringify(learned)),
    score: (x - 3) ** 2,
    metrics: { x },
  };
};

/** A population of six over five generations. */
export const scheduler = (seed = 0) =>
  pbt({
    space: { learningRate: { type: "logUniform", low: 1e-3, high: 1 } },
    ...{ population: 6, generations: 5, generationEpochs: 4, burnIn: 3, seed },
  });

import type { RandomStream } from "../random/stream";
import { type SearchDraws, searchDraws } from "./draws";
import type { SearchParameter, SearchSpace } from "./space";
import { fromUnit } from "./unitScale";
import type { Values } from "./values";

/**
 * Draws all hyperparameters of a space from their ranges, whatever their initial values. A hyperparameter's draw depends only on
 * the stream and its name.
 */
export function sampleSpace(space: SearchSpace, stream: RandomStream): Values {
  return byName(space, stream, sampleParameter);
}

/** What a member begins with: the initial values of a space, and draws for the hyperparameters that have none. */
export function sampleInitial(space: SearchSpace, stream: RandomStream): Values {
  return byName(space, stream, (parameter, draws) => parameter.initial ?? sampleParameter(parameter, draws));
}

function byName(
  space: SearchSpace,
  stream: RandomStream,
  draw: (parameter: SearchParameter, draws: SearchDraws) => Values[string],
): Values {
  return Object.fromEntries(
    Object.entries(space).map(([name, parameter]) => [name, draw(parameter, searchDraws(stream.fork(name)))]),
  );
}

/** Draws one hyperparameter from its range. */
export function sampleParameter(parameter: SearchParameter, draws: SearchDraws): Values[string] {
  if (parameter.type === "choice") return parameter.values[draws.integer(parameter.values.length)]!;
  if (parameter.type === "integer") return parameter.low + draws.integer(parameter.high - parameter.low + 1);
  return fromUnit(parameter, draws.uniform());
}

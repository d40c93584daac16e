import type { RandomStream } from "../random/stream";
import { requireInside } from "./bounds";
import { type SearchDraws, searchDraws } from "./draws";
import { type Exploit, finiteMembers } from "./exploit/exploit";
import type { Candidate, Explore, Outcome } from "./explore/explore";
import { type Standing, UNREPORTED } from "./population";
import { sampleSpace } from "./sampleSpace";
import type { MemberKey } from "./scheduler";
import type { SearchSpace } from "./space";
import type { Values } from "./values";

/** A member in its current generation. */
export interface PbtMember extends Standing {
  readonly hyperparameters: Values;
  readonly parent: MemberKey | null;
  /** Score of the parent; null for a fresh model. */
  readonly before: number | null;
}

/** A population in one generation: plain JSON data. */
export interface Generation {
  /** Counted from 0. */
  readonly generation: number;
  /** The generation in which the models of today began: 0, or the last one before which all members had failed. */
  readonly begun: number;
  readonly members: readonly PbtMember[];
  /** Outcomes of earlier generations, as many as exploring remembers. */
  readonly past: readonly Outcome[];
}

/** What decides about the next generation. */
export interface Strategy {
  readonly space: SearchSpace;
  readonly exploit: Exploit;
  readonly explore: Explore;
  readonly stream: RandomStream;
}

/** The generation after one in which all members have been reported. */
export function nextGeneration(state: Generation, { space, exploit, explore, stream }: Strategy): Generation {
  const generation = state.generation + 1;
  const scores = state.members.map(({ score }) => score);
  const past = outcomes(state, explore.memory ?? 0);
  const finite = finiteMembers(scores);
  if (finite.length === 0) {
    const members = scores.map((_, member) => ({
      ...UNREPORTED,
      hyperparameters: sampleSpace(space, stream.fork("restart").fork(generation).fork(member)),
      parent: null,
      before: null,
    }));
    return { generation, begun: generation, members, past };
  }

  const chosen = exploit.choose(scores, searchDraws(stream.fork("exploit").fork(generation)));
  const draws = searchDraws(stream.fork("replace").fork(generation));
  const sources = scores.map((_, member) => sourceOf(member, chosen, scores, finite, draws));
  const candidates = sources.map((source): Candidate => {
    const { score, hyperparameters } = state.members[source]!;
    return { score, hyperparameters };
  });
  const explored = explore.explore(
    candidates.filter((_, member) => sources[member] !== member),
    {
      space,
      draws: searchDraws(stream.fork("explore").fork(generation)),
      generation,
      past,
      unchanged: candidates.filter((_, member) => sources[member] === member),
    },
  );
  let copies = 0;
  const members = candidates.map(({ score, hyperparameters }, member) => ({
    ...UNREPORTED,
    hyperparameters:
      sources[member] === member
        ? hyperparameters
        : requireInside("pbt: what explore gives", space, explored[copies++] ?? {}),
    parent: { member: sources[member]!, generation: state.generation },
    before: score,
  }));
  return { generation, begun: state.begun, members, past };
}

/** The member that a member goes on from: itself, the one that it copies, or, if neither has a score, a random one that has. */
function sourceOf(
  member: number,
  chosen: readonly (number | null)[],
  scores: readonly (number | null)[],
  finite: readonly number[],
  draws: SearchDraws,
): number {
  const source = chosen[member] ?? member;
  const score = scores[source];
  if (score === undefined) {
    throw new Error(
      `pbt: exploit must choose a member from 0 to ${scores.length - 1} or null, got ${source}`,
    );
  }
  if (score !== null) return source;
  return scores[member] === null ? finite[draws.integer(finite.length)]! : member;
}

/** The last outcomes that exploring remembers, those of a generation that is done included. */
function outcomes({ generation, members, past }: Generation, memory: number): readonly Outcome[] {
  if (memory === 0) return [];
  const now = members.flatMap(({ hyperparameters, before, score }): Outcome[] =>
    score === null ? [] : [{ generation, score: before, hyperparameters, after: score }],
  );
  return [...past, ...now].slice(-memory);
}

import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { type Exploit, type Explore, type PbtState, pbt } from "../../src/search";

/** Runs the example of a doc comment and gives what it calls `name`. */
function example<T>(file: string, name: string): T {
  const source = readFileSync(new URL(`../../src/search/${file}`, import.meta.url), "utf8");
  const code = /```ts\n([\s\S]*?)```/.exec(source.replace(/^ \* ?/gm, ""))?.[1];
  const { outputText } = ts.transpileModule(code!, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  return new Function("pbt", `${outputText}; return ${name};`)(pbt) as T;
}

test("a search over a model that is not LFADS", () => {
  const state = example<PbtState>("pbt.ts", "state");
  expect(state.end).not.toBeNull();
  expect(state.best.at(-1)).toBeLessThan(1e-3);
});

test("an exploit and an explore of one's own", () => {
  const exploit = example<Exploit>("exploit/exploit.ts", "copyTheBest");
  const explore = example<Explore>("explore/explore.ts", "halve");
  const search = pbt({
    space: { rate: { type: "uniform", low: 0, high: 8, initial: 8 } },
    population: 3,
    exploit,
    explore,
  });
  const state = [3, 1, Number.NaN].reduce(
    (now, score, member) => search.tell(now, { member, generation: 0, score }),
    search.start(),
  );
  expect(
    search.ask(state).map(({ parent, hyperparameters }) => [parent?.member, hyperparameters.rate]),
  ).toEqual([
    [1, 4],
    [1, 8],
    [1, 4],
  ]);
});

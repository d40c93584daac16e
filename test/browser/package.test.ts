import { expect, test } from "vitest";
import { commands } from "vitest/browser";

/** A search with the packed package; prints the scores and lineage. */
const PROGRAM = `
  import "@tensorflow/tfjs-backend-cpu";
  import { setBackend } from "@tensorflow/tfjs-core";
  import { inProcess, LFADS, lfadsTrainer, memoryStore, pbt, runPopulation, simulateLorenz, useKernels } from "lfads";

  await setBackend("cpu");
  await useKernels({ path: "simd", threads: 2 });
  const [bins, channels] = [8, 5];
  const store = memoryStore();
  const trainer = lfadsTrainer({
    model: (seed) => new LFADS({ bins, channels, generator: { units: 6 }, seed }),
    data: simulateLorenz({ conditions: 4, trialsPerCondition: 5, bins, channels }),
  });
  const { records } = await runPopulation({
    scheduler: pbt({
      space: { learningRate: { type: "logUniform", low: 1e-4, high: 1e-2 } },
      population: 3,
      generations: 3,
      generationEpochs: 1,
      burnIn: 1,
    }),
    executor: inProcess({ trainer, store }),
    store,
  });
  console.log(JSON.stringify(records));
`;

test("the packed package, bundled, searches in a page as it does in Node", async () => {
  const { text, said } = JSON.parse(await commands.inNode("packedInNode.ts", PROGRAM));
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const lines: string[] = [];
  const { log } = console;
  console.log = (line) => lines.push(line);
  try {
    await import(/* @vite-ignore */ url);
  } finally {
    console.log = log;
  }
  expect(lines).toEqual([said.trim().split("\n").at(-1)]);
  expect(JSON.parse(lines[0]!)).toHaveLength(9);
});

test("a project built by Vite, with Web Workers, gives what Node gives and loads the kernels when they are needed", async () => {
  const { node, page, first, last } = JSON.parse(await commands.inNode("viteProject.ts", ""));
  expect(page).toEqual(node);
  expect(page.scores).toHaveLength(4);
  const kernels = /\/assets\/wasm-[^/]+\.js$/;
  expect(first.filter((name: string) => kernels.test(name))).toEqual([]);
  expect(last.filter((name: string) => kernels.test(name))).toHaveLength(1);
});

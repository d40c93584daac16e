import { format } from "node:util";
import ts from "typescript";
import { expect } from "vitest";
import type { Program } from "./programs";

/** What a snippet may import. */
const MODULES: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>> = {
  "@tensorflow/tfjs-backend-cpu": () => import("@tensorflow/tfjs-backend-cpu"),
  "@tensorflow/tfjs-backend-wasm": () => import("@tensorflow/tfjs-backend-wasm"),
  "@tensorflow/tfjs-core": () => import("@tensorflow/tfjs-core"),
  "@tensorflow/tfjs-layers": () => import("@tensorflow/tfjs-layers"),
  aws4fetch: () => import("aws4fetch"),
  lfads: () => import("./quick"),
  "lfads/bullmq": () => import("../../src/bullmq"),
  "lfads/hdf5": () => import("../../src/hdf5"),
  "lfads/node": () => import("../../src/node"),
  "node:fs/promises": () => import("node:fs/promises"),
};

/** Runs a program in the current folder. @throws what it throws, with the line of its snippet */
export async function run({ name, run: code, imports }: Program): Promise<void> {
  const given: Record<string, unknown> = {};
  for (const { module, names } of imports) {
    const from = await MODULES[module]?.();
    if (!from) throw new Error(`${name}: the module ${module} must be in the list of test/docs/run.ts`);
    for (const imported of names) given[imported] = from[imported];
  }
  let line = 0;
  const help = {
    at: (now: number) => {
      line = now;
    },
    printed: (expected: string, ...values: unknown[]) => {
      expect(format(...values), `${name}: printed by the snippet at line ${line}`).toBe(expected);
    },
    here: `file://${process.cwd()}/program.js`,
    console: { log: () => {} },
  };
  const body = `async function program() {${code.replaceAll("import.meta.url", "here")}\n}`;
  const { outputText } = ts.transpileModule(body, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const scope = { ...help, ...given };
  const program = new Function(...Object.keys(scope), `${outputText}; return program();`);
  try {
    await program(...Object.values(scope));
  } catch (cause) {
    throw new Error(`${name}: the snippet at line ${line}: ${(cause as Error).message}`, { cause });
  }
}

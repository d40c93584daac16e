import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createContext, runInContext } from "node:vm";
import type { BuildOptions } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { anyTypes } from "./anyTypes";
import { bundle } from "./bundle";
import { type Consumer, installPacked } from "./consumer";
import { COMMON_JS, ES_MODULE, SIDE_EFFECTS, TYPED, TYPESCRIPT } from "./programs";

const TFJS = ["@tensorflow/tfjs-core", "@tensorflow/tfjs-layers"];
let consumer: Consumer;
beforeAll(async () => {
  consumer = await installPacked();
});
afterAll(() => consumer?.remove());

describe("the packed package runs", () => {
  let esm: string;
  beforeAll(() => {
    esm = consumer.run("node", consumer.write("run.mjs", `${ES_MODULE}; await run(console.log);`));
  });

  test("as ES modules in Node", () => {
    const { input, loss, rates } = JSON.parse(esm.trim().split("\n").at(-1)!);
    expect(input).toContain(0); // dropped
    expect(input).toContain(4); // 2 / (1 - 0.5)
    expect(loss).toBeGreaterThan(0);
    expect(rates).toHaveLength(24);
    for (const rate of rates) expect(rate).toBeGreaterThan(0);
  });

  test("as CommonJS in Node, with the same result", () => {
    expect(consumer.run("node", consumer.write("run.cjs", `${COMMON_JS}; run(console.log);`))).toBe(esm);
  });

  test.each(["mts", "cts"])("compiled from a .%s file by tsc, with the same result", (type) => {
    consumer.write(`compiled.${type}`, `${TYPESCRIPT}; void run(console.log);`);
    const how = ["--module", "node16", "--target", "es2022", "--strict", "--skipLibCheck"];
    expect(consumer.run("tsc", ...how, `compiled.${type}`)).toBe("");
    expect(consumer.run("node", `compiled.${type.replace("t", "j")}`)).toBe(esm);
  });

  test("bundled, where there is nothing of Node, with the same result", async () => {
    const { text, warnings } = await bundle(`${ES_MODULE}; globalThis.run = run;`, consumer.folder, {
      format: "iife",
    });
    expect(warnings).toEqual([]);
    const worker = {
      atob,
      performance,
      setTimeout,
      clearTimeout,
      TextEncoder,
      TextDecoder,
      WorkerGlobalScope: Object,
    };
    const context = createContext(worker);
    runInContext(`globalThis.self = globalThis; ${text}`, context);
    expect(runInContext("typeof process + typeof require + typeof Buffer", context)).toBe(
      "undefined".repeat(3),
    );
    let said = "";
    await context.run((line: string) => {
      said = line;
    });
    expect(said).toBe(esm.trim().split("\n").at(-1));
  });

  test.each(["mjs", "cjs"])("HDF5 from a %s program", (type) => {
    const take = (name: string, names: string) =>
      type === "mjs" ? `import { ${names} } from "${name}";` : `const { ${names} } = require("${name}");`;
    const program = `
      ${take("lfads/hdf5", "readHdf5Arrays, writeHdf5Arrays")}
      ${take("lfads/node", "writeFileAtomically")}
      ${take("node:fs", "readFileSync")}
      (async () => {
        const bytes = await writeHdf5Arrays({ rates: { data: new Float32Array([1, 2]), shape: [2] } });
        await writeFileAtomically("${type}.h5", bytes);
        const { arrays } = await readHdf5Arrays(readFileSync("${type}.h5"));
        console.log(...arrays.rates.data);
      })();`;
    expect(consumer.run("node", consumer.write(`hdf5.${type}`, program))).toBe("1 2\n");
  });

  test.each(["mjs", "cjs"])("workers of a %s program", (type) => {
    const module = consumer.write(
      "workplace.mjs",
      `import { memoryStore } from "lfads";
      const trainer = async ({ epochs }) => ({ checkpoint: new Uint8Array(3), score: epochs / 4 });
      export const workplace = (data, { threads }) => ({ trainer, store: memoryStore() });`,
    );
    const take =
      type === "mjs" ? `import { workers } from "lfads/node"` : `const { workers } = require("lfads/node")`;
    const program = `
      ${take};
      const job = { member: 0, generation: 0, hyperparameters: {}, parent: null, epochs: 2 };
      const context = { signal: new AbortController().signal, onProgress: () => {} };
      (async () => {
        for (const kind of ["process", "thread"]) {
          const executor = workers({ module: ${JSON.stringify(String(pathToFileURL(resolve(consumer.folder, module))))}, workers: 1, kind });
          console.log(kind, (await executor.run(job, context)).score);
          await executor.close();
        }
      })();`;
    expect(consumer.run("node", consumer.write(`workers.${type}`, program))).toBe(
      "process 0.5\nthread 0.5\n",
    );
  });
});

describe("a queue", () => {
  const run = (type: string, text: string) => consumer.run("node", consumer.write(`queue.${type}`, text));
  const worker = (...args: string[]) =>
    consumer.run("node", join("node_modules", "lfads", "dist", "lfadsWorker.js"), ...args);

  test.each(["js", "cjs"])("alone imports BullMQ (%s)", async (type) => {
    const importsOf = async (entry: string) => {
      const program = `import * as all from "./node_modules/lfads/dist/${entry}.${type}"; globalThis.all = all;`;
      const { imports } = await bundle(program, consumer.folder, { platform: "node", packages: "external" });
      return imports.map(({ path }) => path);
    };
    for (const entry of ["index", "hdf5", "node"]) {
      expect((await importsOf(entry)).filter((path) => /bullmq|ioredis/.test(path))).toEqual([]);
    }
    expect(await importsOf("bullmq")).toContain("bullmq");
  });

  describe("with them", () => {
    beforeAll(() => consumer.add("bullmq", "ioredis"));

    test.each(["mjs", "cjs"])("from a %s program", (type) => {
      const names = "{ bullmqExecutor, serveQueue }";
      const take =
        type === "mjs" ? `import ${names} from "lfads/bullmq"` : `const ${names} = require("lfads/bullmq")`;
      const connection = `{ port: 1, lazyConnect: true }`;
      const program = `
        ${take};
        for (const act of [
          () => bullmqExecutor({ connection: ${connection}, search: "a", size: 0 }),
          () => serveQueue({ connection: ${connection}, module: "file:///workplace.mjs", concurrency: 0 }),
        ]) try { act(); } catch ({ message }) { console.log(message); }`;
      expect(run(type, program)).toBe(
        "bullmqExecutor: size must be a positive integer, got 0\n" +
          "serveQueue: concurrency must be a positive integer, got 0\n",
      );
    });

    test("the command lfads-worker", () => {
      expect(worker("--help")).toContain(
        "npx lfads-worker --redis redis://host:6379 --module ./workplace.js",
      );
      const { bin } = JSON.parse(
        readFileSync(join(consumer.folder, "node_modules/lfads/package.json"), "utf8"),
      );
      expect(bin).toEqual({ "lfads-worker": "./dist/lfadsWorker.js" });
      expect(() => worker()).toThrow("lfads-worker: --module must be the path of an ES module, got none");
      expect(() => worker("--modul", "x")).toThrow("Unknown option '--modul'");
    });
  });
});

describe("the main entry", () => {
  test.each(["index.js", "index.cjs"])("%s imports four packages and nothing of Node", async (file) => {
    const { imports, text } = await bundle(
      `import * as all from "./node_modules/lfads/dist/${file}"; globalThis.all = all;`,
      consumer.folder,
      { platform: "neutral", packages: "external" },
    );
    const names = [...new Set(imports.map(({ path }) => path))].sort();
    expect(names).toEqual([...TFJS, "ml-matrix", "seedrandom/lib/alea.js"]);
    const kind = file.endsWith(".cjs") ? "require-call" : "import-statement";
    expect([...new Set(imports.map((one) => one.kind))]).toEqual([kind]);
    expect(text).not.toMatch(/\bimport\(|\bBuffer\b|__dirname/);
    // Where there is Node, it is asked for what the kernels need.
    expect(new Set(text.match(/\bprocess\b|getBuiltinModule|node:\w+/g))).toEqual(
      new Set(["process", "getBuiltinModule", "node:os", "node:v8", "node:worker_threads"]),
    );
    if (file.endsWith(".js")) expect(text).not.toMatch(/\brequire\b/);
  });

  test("adds nothing to tfjs or the global scope when it is imported", () => {
    const said = consumer.run("node", consumer.write("effects.mjs", SIDE_EFFECTS));
    const { gradients, added } = JSON.parse(said.trim().split("\n").at(-1)!);
    expect(gradients).toBeGreaterThan(50); // the probe sees what tfjs itself registers
    expect(added).toEqual([]);
  });

  test("leaves nothing in a bundle that does not use it", async () => {
    const { text, warnings } = await bundle('import "lfads"', consumer.folder);
    expect(text).toBe("");
    expect(warnings.map(({ id }) => id)).toEqual(["ignored-bare-import"]);
    expect((await bundle('import { LFADS } from "lfads"', consumer.folder)).text).toBe("");
  });

  test("gives a bundle only what it uses", async () => {
    const take = (names: string, split: BuildOptions = {}) =>
      bundle(`export { ${names} } from "lfads"`, consumer.folder, {
        external: ["@tensorflow/tfjs-core"],
        ...split,
      });
    const dropout = await take("coordinatedDropout");
    expect(Object.keys(dropout.modules)).toEqual(["lfads"]);

    // The kernels are loaded when they are needed.
    const split: BuildOptions = { splitting: true, outdir: "out" };
    const model = await take("LFADS, coordinatedDropout, infer", split);
    expect(Object.keys(model.modules).sort()).toEqual(["lfads", "seedrandom"]);
    expect(model.modules.seedrandom).toEqual(["lib/alea.js"]);

    const training = await take("LFADS, fit", split);
    expect(training.modules).toHaveProperty("@tensorflow/tfjs-layers"); // where gradients come from
    expect(training.modules).not.toHaveProperty("ml-matrix");
  });
});

describe("types resolve", () => {
  test.each([
    ["Node, ES modules", "typed.mts", "node16", "node16"],
    ["Node, CommonJS", "typed.cts", "node16", "node16"],
    ["a bundler", "typed.ts", "esnext", "bundler"],
  ])("for %s", (_, file, module, moduleResolution) => {
    consumer.write(file, TYPED);
    const strict = [
      "--strict",
      "--exactOptionalPropertyTypes",
      "--noUncheckedIndexedAccess",
      "--skipLibCheck",
    ];
    const target = ["--target", "es2022", "--lib", "es2022,dom", "--types", "node", "--noEmit"];
    const how = ["--module", module, "--moduleResolution", moduleResolution];
    expect(consumer.run("tsc", ...strict, ...target, ...how, file)).toBe("");
  });

  test("and are nowhere any", () => {
    const dist = join(consumer.folder, "node_modules", "lfads", "dist/");
    const entries = ["index", "hdf5", "node", "bullmq"].map((entry) => join(dist, `${entry}.d.ts`));
    expect(anyTypes(entries, dist)).toEqual([]);
  });
});

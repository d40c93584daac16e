import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "./consumer";
import { IMPORTS, PROGRAM, WORKPLACE } from "./matrixProgram";
import { commonJs, esModule } from "./programs";

/**
 * `npm run matrix [-- --full]`: installs the built package with npm in an empty project and runs it there with several versions
 * of Node, as an ES module and as CommonJS; with `--full` on both backends, else on one for each version. Prints digests of the
 * results and fails where they are not the same on one backend.
 */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BACKENDS = ["wasm", "cpu"];
const NODES = [20, 22, 24, 26];
const BESIDE = ["core", "layers", "backend-cpu", "backend-wasm"].map((name) => `@tensorflow/tfjs-${name}`);

const full = process.argv.includes("--full");
const folder = mkdtempSync(join(tmpdir(), "lfads-matrix-"));
try {
  install();
  writeFileSync(join(folder, "workplace.mjs"), WORKPLACE);
  writeFileSync(join(folder, "program.mjs"), `${esModule(IMPORTS, PROGRAM)}; await run(console.log);`);
  writeFileSync(join(folder, "program.cjs"), `${commonJs(IMPORTS, PROGRAM)}; run(console.log);`);

  const nodes = NODES.map((major) => join(folder, `node_modules/node${major}/bin/node`));
  const expected = new Map<string, string>();
  for (const [i, node] of nodes.entries()) {
    const version = execute(node, ["--version"], folder).trim();
    for (const backend of full ? BACKENDS : [BACKENDS[i % 2]!]) {
      for (const type of ["mjs", "cjs"]) {
        const said = execute(node, [`program.${type}`, backend], folder)
          .trim()
          .split("\n")
          .at(-1)!;
        const results: Record<string, string> = JSON.parse(said);
        if (expected.size === 0) print("Node", "type", "on", Object.keys(results));
        print(version, type, backend, Object.values(results));
        const first = expected.get(backend) ?? said;
        expected.set(backend, first);
        if (said !== first) process.exitCode = 1;
      }
    }
  }
  console.log(
    process.exitCode ? "matrix: these results must be the same on each backend" : "the same bits everywhere",
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** What the README tells a user to install, and Node. */
function install(): void {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const [{ filename }] = JSON.parse(
    execute("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], ROOT),
  );
  writeFileSync(join(folder, "package.json"), "{}");
  const others = [...BESIDE, "h5wasm"].map((name) => `${name}@${devDependencies[name]}`);
  const nodes = NODES.map((major) => `node${major}@npm:node-${process.platform}-${process.arch}@${major}`);
  execute("npm", ["install", "--no-audit", "--no-fund", `./${filename}`, ...others, ...nodes], folder);
}

function print(version: string, type: string, backend: string, results: readonly string[]): void {
  console.log(
    [version.padEnd(8), type.padEnd(4), backend.padEnd(4), ...results.map((one) => one.padEnd(12))].join(
      "  ",
    ),
  );
}

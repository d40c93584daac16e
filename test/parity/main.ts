import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { useKernels } from "../../src/kernels";
import { useBackend } from "../backend";
import { compareFile } from "./parity";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: "string", default: "cpu" },
    path: { type: "string", default: "composed" },
  },
});
const [folder] = positionals;
if (!folder || positionals.length > 1 || !["composed", "fused"].includes(values.path)) {
  console.error("usage: npm run parity -- <folder> [--backend cpu|wasm] [--path composed|fused]");
  process.exit(2);
}
await useBackend(values.backend);
if (values.path === "fused") await useKernels();

const paths = readdirSync(folder)
  .filter((name) => name.endsWith(".safetensors"))
  .sort()
  .map((name) => join(folder, name));
let passed = 0;
let failed = 0;
for (const path of paths) {
  const name = basename(path, ".safetensors");
  try {
    const result = await compareFile(path, readFileSync(path));
    if (!result) {
      console.log(`-    ${name}: traces of the search, not part of the model`);
      continue;
    }
    const { summary, misses } = result;
    console.log(`${misses.length === 0 ? "ok  " : "MISS"} ${name}: ${summary}`);
    for (const miss of misses) console.log(`       ${miss}`);
    misses.length === 0 ? passed++ : failed++;
  } catch (error) {
    failed++;
    console.log(`MISS ${name}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;

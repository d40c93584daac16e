import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";

/** `npm run kernels`: compiles `assembly/` and writes it as base64 into a module of its own, if anything has changed. */
const folder = fileURLToPath(new URL("../src/kernels/wasm/", import.meta.url));
const target = join(folder, "module.generated.ts");
const sources = readdirSync(join(folder, "assembly")).filter((name) => name.endsWith(".ts"));
const hash = createHash("sha256");
for (const path of [
  ...sources.sort().map((name) => join(folder, "assembly", name)),
  fileURLToPath(import.meta.url),
]) {
  hash.update(readFileSync(path));
}
const mark = `// ${hash.digest("hex")}\n`;

if (!existsSync(target) || !readFileSync(target, "utf8").startsWith(mark)) {
  const simd = ["--enable", "simd"];
  const builds = { simd, relaxed: [...simd, "--enable", "relaxed-simd"] };
  const modules = await Promise.all(
    Object.entries(builds).map(async ([name, options]) => {
      const bytes = await compile(options);
      console.log(`${name}: ${bytes.length} bytes`);
      return `export const ${name} =\n  "${bytes.toString("base64")}";\n`;
    }),
  );
  writeFileSync(target, mark + modules.join(""));
}

async function compile(options: readonly string[]): Promise<Buffer> {
  const out = mkdtempSync(join(tmpdir(), "kernels-"));
  try {
    const { error, stderr } = await main([
      ...[join(folder, "assembly/index.ts"), "--baseDir", folder, "--outFile", join(out, "kernels.wasm")],
      ...[
        "--optimizeLevel",
        "3",
        "--noAssert",
        "--runtime",
        "stub",
        "--importMemory",
        // Also for one thread: only sending the memory to another one takes an isolated page.
        ...["--sharedMemory", "--maximumMemory", "65536"],
        ...["--enable", "threads"],
        "--pedantic",
        ...options,
      ],
    ]);
    if (error) throw new Error(`kernels: ${stderr.toString()}`);
    return readFileSync(join(out, "kernels.wasm"));
  } finally {
    rmSync(out, { recursive: true });
  }
}

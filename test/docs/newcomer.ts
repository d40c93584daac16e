/**
 * Follows the guides for beginners to the letter in an empty folder, with the packed package in the place of the one in the registry,
 * and looks at what they leave: rates, and a page.
 *
 *   npm run newcomer
 */
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bitsPerSpike, type NdArray, splitTrials } from "lfads";
import { readHdf5Arrays } from "lfads/hdf5";
import { pack } from "../package/consumer";

/** All commands of a guide; code whose first line names a file is written to it. */
function script(guide: string): string {
  const blocks = [...guide.matchAll(/^```(sh|js|ts|html)[^\n]*\n(.*?)^```$/gms)].map(([, language, code]) => {
    if (language === "sh") return code!;
    const name = /^(?:\/\/|<!--) ([\w.]+\.\w+)(?: -->)?\n/.exec(code!)?.[1];
    return name ? `cat > ${name} <<'END OF FILE'\n${code}END OF FILE\n` : "";
  });
  return blocks.join("");
}

/** Follows a guide in `folder`. */
function follow(guide: string, folder: string, packed: string): void {
  const commands = script(readFileSync(new URL(`../../docs/${guide}`, import.meta.url), "utf8"));
  const install = /(npm install) lfads /;
  assert.match(commands, install);
  const local = commands.replace(install, `$1 ${packed} `);
  execFileSync("bash", ["-eux"], { cwd: folder, input: local, stdio: ["pipe", "inherit", "inherit"] });
}

async function arraysOf(path: string): Promise<Readonly<Record<string, NdArray>>> {
  return (await readHdf5Arrays(readFileSync(path))).arrays;
}

const folder = mkdtempSync(join(tmpdir(), "lfads-newcomer-"));
try {
  const packed = await pack(folder);
  follow("get-started.md", folder, packed);
  const { spikes } = await arraysOf(join(folder, "rates", "recording.h5"));
  const { rates, factors } = await arraysOf(join(folder, "rates", "rates.h5"));
  assert.deepEqual(rates!.shape, spikes!.shape);
  assert.deepEqual(factors!.shape, [...spikes!.shape.slice(0, 2), 40]);
  assert(rates!.data.every((rate) => rate > 0 && rate < Infinity));
  const { valid } = splitTrials({ encode: rates!, reconstruct: spikes! });
  const score = bitsPerSpike(valid.encode, valid.reconstruct);
  assert(score > 0.1, `the rates must predict the spikes of validation trials, got ${score} bits per spike`);
  console.log(`the guide leaves rates of ${score.toFixed(3)} bits per spike`);

  follow("browser.md", folder, packed);
  const dist = join(folder, "rates-page", "dist");
  const bundle = /<script type="module"[^>]* src="\/(.+?)"/.exec(
    readFileSync(join(dist, "index.html"), "utf8"),
  );
  assert(bundle, "the page must have a program");
  const { size } = statSync(join(dist, bundle[1]!));
  assert(size > 100_000, `the program must hold the library, got ${size} bytes`);
  console.log(`the guide leaves a page of ${Math.round(size / 1e3)} kB`);
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * Follows the guide for beginners to the letter in an empty folder, with the packed package in the place of the one in the registry,
 * and looks at the rates that it leaves.
 *
 *   npm run newcomer
 */
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bitsPerSpike, type NdArray } from "lfads";
import { readHdf5Arrays } from "lfads/hdf5";
import { pack } from "../package/consumer";

const GUIDE = new URL("../../docs/get-started.md", import.meta.url);

/** All commands of a guide, each program written to the file that its first line names. */
function script(guide: string): string {
  const blocks = [...guide.matchAll(/^```(sh|js)\n(.*?)^```$/gms)].map(([, language, code]) => {
    if (language === "sh") return code!;
    const name = /^\/\/ (.+)$/m.exec(code!)![1];
    return `cat > ${name} <<'END OF FILE'\n${code}END OF FILE\n`;
  });
  return blocks.join("");
}

async function arraysOf(path: string): Promise<Readonly<Record<string, NdArray>>> {
  return (await readHdf5Arrays(readFileSync(path))).arrays;
}

const folder = mkdtempSync(join(tmpdir(), "lfads-newcomer-"));
try {
  const commands = script(readFileSync(GUIDE, "utf8"));
  const install = /(npm install) lfads /;
  assert.match(commands, install);
  const local = commands.replace(install, `$1 ${await pack(folder)} `);
  execFileSync("bash", ["-eux"], { cwd: folder, input: local, stdio: ["pipe", "inherit", "inherit"] });

  const { spikes } = await arraysOf(join(folder, "rates", "recording.h5"));
  const { rates, factors } = await arraysOf(join(folder, "rates", "rates.h5"));
  assert.deepEqual(rates!.shape, spikes!.shape);
  assert.deepEqual(factors!.shape, [...spikes!.shape.slice(0, 2), 40]);
  assert(rates!.data.every((rate) => rate > 0 && rate < Infinity));
  const score = bitsPerSpike(rates!, spikes!);
  assert(score > 0.1, `the rates must predict the spikes, got ${score} bits per spike`);
  console.log(`the guide leaves rates of ${score.toFixed(3)} bits per spike`);
} finally {
  rmSync(folder, { recursive: true });
}

import { readFileSync, writeSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { readSafetensors } from "../../src/data";
import { readHdf5 } from "../../src/hdf5";
import { mutate } from "./mutate";
import type { Format } from "./runMutations";
import { sources } from "./sources";

/** Every so many damaged files, sound ones must still be read as before. */
const CHECK_EVERY = 100;

const [format, seed, first, last, ...paths] = process.argv.slice(2) as [Format, string, string, string];
const files = [...(await sources(format)), ...paths.map((path) => new Uint8Array(readFileSync(path)))];
const read = async (bytes: Uint8Array) => (format === "hdf5" ? readHdf5(bytes) : readSafetensors(bytes));
const sound = await Promise.all(files.map(read));

for (let index = Number(first); index < Number(last); index++) {
  const bytes = mutate(files, Number(seed), index);
  say(`${index} begin`);
  try {
    await read(bytes);
    say(`${index} valid`);
  } catch (error) {
    say(`${index} ${isFault(error) ? "fault" : "error"} ${JSON.stringify((error as Error).message)}`);
  }
  if (index % CHECK_EVERY === 0) {
    const again = await Promise.all(files.map(read));
    if (!isDeepStrictEqual(again, sound)) say(`${index} fault sound files are read otherwise than before`);
  }
}
say("done");

/** Errors that a reader means to throw begin with its name, and no failure of its own code is behind them. */
function isFault(error: unknown): boolean {
  if (!(error instanceof Error) || !/^read(Hdf5|Safetensors): /.test(error.message)) return true;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof TypeError || cause instanceof RangeError || cause instanceof ReferenceError)
      return true;
    if (cause instanceof WebAssembly.RuntimeError) return true;
  }
  return false;
}

/** Written at once, so that the last line tells where a process hung or died. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { nameOf, type Training } from "./training";

/** Runs trainings in processes of their own, some at once; what is done already only says so. */
export async function runTrainings(
  trainings: readonly Training[],
  { workers, folder }: { readonly workers: number; readonly folder: string },
): Promise<void> {
  const left = [...trainings];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      console.log(`${nameOf(next)}: ${trainings.length - left.length} of ${trainings.length}`);
      await run(next, folder);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}

async function run(training: Training, folder: string): Promise<void> {
  const { system, generator, size, seed, epochs, data } = training;
  const options = { system, generator, size, seed, epochs, ...(data && { data }), out: folder };
  const child = spawn(
    process.execPath,
    [
      ...["--import", createRequire(import.meta.url).resolve("tsx")],
      fileURLToPath(new URL("./train.ts", import.meta.url)),
      ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  if (code !== 0) throw new Error(`${nameOf(training)} ended with ${signal ?? `code ${code}`}`);
}

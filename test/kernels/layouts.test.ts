import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { LAYOUTS } from "../../src/kernels/wasm/layouts";

const folder = fileURLToPath(new URL("../../src/kernels/wasm/assembly/", import.meta.url));
const sources = readdirSync(folder)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(folder + name, "utf8"));

test.each(Object.entries(LAYOUTS))("the fields of %s are those of its class, in order", (name, fields) => {
  const source = sources.find((text) => text.includes(`export class ${name} {`))!;
  const start = source.indexOf(`export class ${name} {`);
  const body = source.slice(start, source.indexOf("\n}", start));
  const declared = [...body.matchAll(/^ {2}(\w+): (?:usize|i32|u32|f32);/gm)].map(([, field]) => field);
  expect(declared).toEqual([...fields]);
});

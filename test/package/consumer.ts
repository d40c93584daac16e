import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What a user installs beside `lfads`: its dependencies and peers, but those of a queue, and what runs or checks the user's program. */
const BESIDE = [
  "@tensorflow",
  "@types/node",
  "@webgpu",
  "cli-progress",
  "h5wasm",
  "ml-matrix",
  "seedrandom",
  "undici-types",
];

/** A project outside this repository that has the packed package installed. */
export interface Consumer {
  readonly folder: string;
  /** Writes a file of the project and returns its path. */
  write(name: string, text: string): string;
  /** Runs a program of this repository's `node_modules/.bin`, or `node`; returns its output. @throws with it on failure */
  run(command: string, ...args: string[]): string;
  /** Installs packages that this repository has. */
  add(...names: string[]): void;
  remove(): void;
}

/** Builds and packs the package into `folder`, unless the environment names a packed file. @returns the path of the packed file */
export async function pack(folder: string): Promise<string> {
  const { LFADS_PACKED } = process.env;
  if (LFADS_PACKED) return LFADS_PACKED;
  const staged = join(folder, "staged");
  execute("tsup", ["--silent", "--out-dir", join(staged, "dist")], ROOT);
  for (const name of ["package.json", "LICENSE", "README.md", "CHANGELOG.md"]) {
    await cp(join(ROOT, name), join(staged, name));
  }
  const packed = execute("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], staged);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  rmSync(staged, { recursive: true });
  return join(folder, filename);
}

/** Builds the package, packs it and installs the result in a new project, all in temporary folders. */
export async function installPacked(): Promise<Consumer> {
  const folder = mkdtempSync(join(tmpdir(), "lfads-package-"));
  const run = (command: string, ...args: string[]) => execute(command, args, folder);
  const installed = join(folder, "node_modules", "lfads");
  mkdirSync(installed, { recursive: true });
  run("tar", "-xzf", await pack(folder), "-C", installed, "--strip-components=1");
  const add = (...names: string[]) => {
    for (const name of names) {
      const link = join(folder, "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(ROOT, "node_modules", name), link);
    }
  };
  add(...BESIDE);
  return {
    folder,
    run,
    add,
    write(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Runs a program of this repository's `node_modules/.bin`, or any other; returns its output. @throws with it on failure */
export function execute(command: string, args: readonly string[], cwd: string): string {
  const path = `${join(ROOT, "node_modules", ".bin")}:${process.env.PATH}`;
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: "utf8",
      stdio: "pipe",
      env: { ...process.env, PATH: path },
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(" ")}:\n${stdout}${stderr}`);
  }
}

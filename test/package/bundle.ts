import { type BuildOptions, build, type Message, type Metafile } from "esbuild";

/** What a bundler makes of a program: all of it, or, where it is split, what is loaded when it starts. */
export interface Bundle {
  readonly text: string;
  readonly warnings: readonly Message[];
  /** Modules that are left of each package, and what stays outside the bundle with the kind of import. */
  readonly modules: Readonly<Record<string, readonly string[]>>;
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
}

/** Bundles a program for a browser, minified. @throws if something cannot be resolved, such as a module of Node */
export async function bundle(
  program: string,
  resolveDir: string,
  options: BuildOptions = {},
): Promise<Bundle> {
  const result = await build({
    stdin: { contents: program, resolveDir },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: "browser",
    format: "esm",
    logLevel: "silent",
    ...options,
  });
  const { outputs } = result.metafile as Metafile;
  const entry = Object.keys(outputs).find((path) => outputs[path]!.entryPoint)!;
  const kept = loaded(outputs, entry)
    .flatMap((path) => Object.entries(outputs[path]!.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const modules: Record<string, string[]> = {};
  for (const [path] of kept) {
    const [, name, file] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)/.exec(path) ?? ["", "", path];
    modules[name!] = [...(modules[name!] ?? []), file!];
  }
  return {
    text: result.outputFiles![0]!.text,
    warnings: result.warnings,
    modules,
    imports: outputs[entry]!.imports,
  };
}

/** An output and those that it loads when it starts, if the bundle is split. */
function loaded(outputs: Metafile["outputs"], path: string): string[] {
  const imports = outputs[path]!.imports.filter(
    ({ kind, external }) => kind === "import-statement" && !external,
  );
  return [...new Set([path, ...imports.flatMap((one) => loaded(outputs, one.path))])];
}
